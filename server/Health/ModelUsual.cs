using Ktp.Health.V1;
using KtpGrpc.Server.Health.Detectors;

namespace KtpGrpc.Server.Health;

/// <summary>What is usual of the counters of one model, how often it fails, and whether all of it is in trouble at present.</summary>
/// <param name="kind">That of all models of the kind, which is taught along; null for the kind's own.</param>
internal sealed class ModelUsual(DeviceKind device, ModelUsual? kind)
{
    /// <summary>
    /// Device-days of a kind before its counters say anything: what is stated for a new kind knows nothing of the country's
    /// work. Six kits teach that in a month, a province in a day.
    /// </summary>
    public const int LeastDays = 100;

    /// <summary>
    /// Device-days of the last weeks against which totals are compared: after a long silence of all, or a clock that jumped,
    /// nothing of how old a fleet is now is known. One kit alone has nobody to be compared with.
    /// </summary>
    private const int LeastRecentDays = 30;

    private const byte Form = 1;

    private readonly Lock _telling = new();
    private double _savedDays;
    private double _savedFailures;
    private DateTimeOffset _toldAt = DateTimeOffset.MinValue;
    private volatile ModelTrouble? _trouble;

    public IReadOnlyList<WatchedCounter> Counters { get; } = WatchedCounter.Of(device);

    /// <summary>In the order of <see cref="Counters"/>.</summary>
    public SurpriseBaseline[] Baselines { get; } =
        [.. WatchedCounter.Of(device).Select((counter, i) => new SurpriseBaseline(counter.Name, DeviceKey.NameOf(device), CounterSort.Trouble, kind?.Baselines[i]))];

    public FailureRecord Record { get; } = new(kind?.Record);

    /// <summary>Device-days of the kind that have been seen.</summary>
    public double KindDays => (kind ?? this).Record.Days;

    public bool IsTaught
    {
        get
        {
            for (var i = 0; i < Baselines.Length; i++)
            {
                if ((kind ?? this).Baselines[i].RecentDays < LeastRecentDays)
                {
                    return false;
                }
            }

            return KindDays >= LeastDays;
        }
    }

    /// <summary>What the model's devices went bad in together; null while they did not.</summary>
    public ModelTrouble? Trouble => _trouble;

    /// <summary>The counter of that; unspecified while there is none.</summary>
    public Signal Shifted => _trouble?.Signal ?? Signal.Unspecified;

    /// <summary>What was told before something that is known already changes nothing.</summary>
    public void Tell(ModelTrouble? trouble, DateTimeOffset at)
    {
        lock (_telling)
        {
            if (at > _toldAt)
            {
                (_trouble, _toldAt) = (trouble, at);
            }
        }
    }

    /// <summary>What was learned since the last call, as it is saved; null for nothing.</summary>
    public byte[]? TakeChanged()
    {
        var (days, failures) = (Record.Days, Record.Failures);
        if (days == _savedDays && failures == _savedFailures)
        {
            return null;
        }

        (_savedDays, _savedFailures) = (days, failures);
        using var stream = new MemoryStream();
        using var to = new BinaryWriter(stream);
        to.Write(Form);
        to.Write(failures);
        to.Write(days);
        to.Write(Counters.Count);
        for (var i = 0; i < Counters.Count; i++)
        {
            to.Write((int)Counters[i].Signal);
            Baselines[i].Write(to);
        }

        return stream.ToArray();
    }

    /// <summary>Takes up what was saved; false for what this program cannot read: the model is learned anew.</summary>
    public bool TryRestore(byte[] saved)
    {
        try
        {
            using var from = new BinaryReader(new MemoryStream(saved));
            if (from.ReadByte() != Form)
            {
                return false;
            }

            Restore(from);
            return true;
        }
        catch (EndOfStreamException)
        {
            return false;
        }
    }

    private void Restore(BinaryReader from)
    {
        var (failures, days) = (from.ReadDouble(), from.ReadDouble());
        if (kind is not null && Record.Days == 0)
        {
            // The kind's own record is the sum of its models'; a second reading counts nothing twice.
            Record.Take(failures, days);
        }

        for (var left = from.ReadInt32(); left > 0; left--)
        {
            var signal = (Signal)from.ReadInt32();
            var index = Counters.ToList().FindIndex(counter => counter.Signal == signal);
            (index >= 0 ? Baselines[index] : new SurpriseBaseline("", "", CounterSort.Trouble)).Read(from);
        }

        (_savedDays, _savedFailures) = (Record.Days, Record.Failures);
    }
}
