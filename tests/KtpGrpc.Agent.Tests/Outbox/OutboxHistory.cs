using KtpGrpc.Agent.Outbox;

namespace KtpGrpc.Agent.Tests.Outbox;

/// <summary>A real outbox on the disk beside the memory of everything it was told, to hold its promises against.</summary>
internal sealed class OutboxHistory : IDisposable
{
    private static readonly OutboxOptions _options = new() { QuotaBytes = 6000, SegmentBytes = 700 };

    private static readonly int[] _markCopies = [0, 4096];

    private readonly TempFolder _folder = new();
    private readonly Dictionary<long, OutboxRecord> _told = [];
    private DiskOutbox _outbox;
    private int _life;
    private long _lastPosition;
    private long _acknowledged;
    private bool _acknowledgementMayBeLost;

    public OutboxHistory() => _outbox = DiskOutbox.Open(Home, _options);

    private string Home => _folder[$"life-{_life}"];

    public void Dispose()
    {
        _outbox.Dispose();
        _folder.Dispose();
    }

    public void Play(HistoryStep step)
    {
        switch (step.Does)
        {
            case HistoryStep.Act.Append:
                Append(step.Number);
                break;
            case HistoryStep.Act.Acknowledge:
                var position = Math.Max(0, _lastPosition - (step.Number / 40));
                Assert.True(_outbox.Acknowledge(position));
                _acknowledged = Math.Max(_acknowledged, position);
                break;
            case HistoryStep.Act.Restart:
                _outbox.Dispose();
                _outbox = DiskOutbox.Open(Home, _options);
                break;
            case HistoryStep.Act.Kill:
                Crash(_ => { });
                break;
            case HistoryStep.Act.CutPower:
                Crash(image => LoseWhatWasNotFlushed(image, step.Number));
                break;
        }
    }

    public void AssertPromises()
    {
        var held = _outbox.Read(1, int.MaxValue);
        var positions = held.Select(record => record.Position).ToHashSet();

        Assert.Equal(held.Select(record => record.Position).Order(), held.Select(record => record.Position));
        Assert.All(held, record => Assert.Equal(_told[record.Position].Payload, record.Payload));
        Assert.All(_told.Values.Where(record => record.Position > _acknowledged), record => Assert.Contains(record.Position, positions));
        Assert.InRange(_outbox.Counts.UsedBytes, 0, _options.QuotaBytes);
        if (!_acknowledgementMayBeLost)
        {
            Assert.Equal(_acknowledged, _outbox.Acknowledged);
            Assert.DoesNotContain(held, record => record.Position <= _acknowledged);
        }
    }

    private void Append(int size)
    {
        var payload = new byte[size];
        new Random(size + _told.Count).NextBytes(payload);
        switch (_outbox.Append(payload))
        {
            case AppendOutcome.Appended(var position):
                Assert.True(position > _lastPosition, $"Position {position} was given after {_lastPosition}.");
                _told.Add(position, new OutboxRecord(position, payload));
                _lastPosition = position;
                break;
            case AppendOutcome.Full full:
                Assert.True(full.UsedBytes + RecordFrame.HeaderBytes + size > full.QuotaBytes);
                break;
        }
    }

    private void Crash(Action<string> damage)
    {
        var before = Home;
        _life++;
        DiskImage.Copy(before, Home);
        _outbox.Dispose();
        damage(Home);
        _outbox = DiskOutbox.Open(Home, _options);
    }

    // A power cut may take the last writing of the mark; never a record.
    private void LoseWhatWasNotFlushed(string image, int number)
    {
        _acknowledgementMayBeLost = true;
        if (number % 2 == 0)
        {
            TearTheLaterMark(Path.Combine(image, "mark"));
        }
    }

    private static void TearTheLaterMark(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var copies = _markCopies.Select(at => (At: at, OutboxMark.Read(bytes.AsSpan(at))?.Sequence)).ToList();
        if (copies.TrueForAll(copy => copy.Sequence is not null))
        {
            bytes[copies.MaxBy(copy => copy.Sequence).At + 9] ^= 1;
            File.WriteAllBytes(path, bytes);
        }
    }
}
