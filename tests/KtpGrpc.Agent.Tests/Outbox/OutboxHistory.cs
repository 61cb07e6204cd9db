using KtpGrpc.Agent.Outbox;

namespace KtpGrpc.Agent.Tests.Outbox;

/// <summary>A real outbox on the disk beside the memory of everything it was told, to hold its promises against.</summary>
internal sealed class OutboxHistory : IDisposable
{
    private static readonly OutboxOptions Options = new() { QuotaBytes = 6000, SegmentBytes = 700 };

    private static readonly int[] MarkCopies = [0, 4096];

    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<long, OutboxRecord> told = [];
    private DiskOutbox outbox;
    private int life;
    private long lastPosition;
    private long acknowledged;
    private bool samplesMayBeLost;
    private bool acknowledgementMayBeLost;

    public OutboxHistory() => outbox = DiskOutbox.Open(Home, Options);

    private string Home => folder.File($"life-{life}");

    public void Dispose()
    {
        outbox.Dispose();
        folder.Dispose();
    }

    public void Play(HistoryStep step)
    {
        switch (step.Does)
        {
            case HistoryStep.Act.AppendEvent:
                Append(RecordClass.Durable, step.Number);
                break;
            case HistoryStep.Act.AppendSample:
                Append(RecordClass.Evictable, step.Number);
                break;
            case HistoryStep.Act.Acknowledge:
                var position = Math.Max(0, lastPosition - (step.Number / 40));
                Assert.True(outbox.Acknowledge(position));
                acknowledged = Math.Max(acknowledged, position);
                break;
            case HistoryStep.Act.Restart:
                outbox.Dispose();
                outbox = DiskOutbox.Open(Home, Options);
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
        var held = outbox.Read(1, int.MaxValue);
        var positions = held.Select(record => record.Position).ToHashSet();

        Assert.Equal(held.Select(record => record.Position).Order(), held.Select(record => record.Position));
        Assert.All(held, record => Assert.Equal(told[record.Position].Payload, record.Payload));
        Assert.All(Unacknowledged(RecordClass.Durable), record => Assert.Contains(record.Position, positions));
        Assert.InRange(outbox.Counts.UsedBytes, 0, Options.QuotaBytes);
        if (!samplesMayBeLost)
        {
            var missing = Unacknowledged(RecordClass.Evictable).Count(record => !positions.Contains(record.Position));
            Assert.InRange(missing, 0, outbox.Counts.EvictableAgedOut);
        }

        if (!acknowledgementMayBeLost)
        {
            Assert.Equal(acknowledged, outbox.Acknowledged);
            Assert.DoesNotContain(held, record => record.Position <= acknowledged);
        }
    }

    private void Append(RecordClass recordClass, int size)
    {
        var payload = new byte[size];
        new Random(size + told.Count).NextBytes(payload);
        switch (outbox.Append(recordClass, payload))
        {
            case AppendOutcome.Appended(var position):
                Assert.True(position > lastPosition, $"Position {position} was given after {lastPosition}.");
                told.Add(position, new OutboxRecord(position, recordClass, payload));
                lastPosition = position;
                break;
            case AppendOutcome.Full full:
                Assert.True(full.UsedBytes + RecordFrame.HeaderBytes + size > full.QuotaBytes);
                Assert.DoesNotContain(outbox.Read(1, int.MaxValue), record => record.Class == RecordClass.Evictable);
                break;
        }
    }

    private void Crash(Action<string> damage)
    {
        var before = Home;
        life++;
        DiskImage.Copy(before, Home);
        outbox.Dispose();
        damage(Home);
        outbox = DiskOutbox.Open(Home, Options);
    }

    // A power cut may take any end of the newest samples, and the last writing of the mark; never a durable record.
    private void LoseWhatWasNotFlushed(string image, int number)
    {
        samplesMayBeLost = acknowledgementMayBeLost = true;
        if (Directory.EnumerateFiles(image, "evictable-*.seg").Max(StringComparer.Ordinal) is { } newest)
        {
            using var samples = File.OpenWrite(newest);
            samples.SetLength(Math.Max(0, samples.Length - number));
        }

        if (number % 2 == 0)
        {
            TearTheLaterMark(Path.Combine(image, "mark"));
        }
    }

    private static void TearTheLaterMark(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var copies = MarkCopies.Select(at => (At: at, OutboxMark.Read(bytes.AsSpan(at))?.Sequence)).ToList();
        if (copies.TrueForAll(copy => copy.Sequence is not null))
        {
            bytes[copies.MaxBy(copy => copy.Sequence).At + 9] ^= 1;
            File.WriteAllBytes(path, bytes);
        }
    }

    private IEnumerable<OutboxRecord> Unacknowledged(RecordClass recordClass) =>
        told.Values.Where(record => record.Class == recordClass && record.Position > acknowledged);
}
