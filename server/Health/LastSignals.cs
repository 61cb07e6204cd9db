using Ktp.Health.V1;

namespace KtpGrpc.Server.Health;

/// <summary>
/// What a device told last of each of its signals, for who scrapes it: 16 bytes a signal, in an array that is as long as the
/// device has signals. Guarded by its station's lock; it is not checkpointed, since the next sample brings it back.
/// </summary>
internal struct LastSignals
{
    private Told[] _told;

    /// <summary>A bit for each signal that was told: most families are not of a given device, which is then left alone.</summary>
    private long _known;

    public void Take(Sample sample)
    {
        for (var i = 0; i < sample.Counters.Count; i++)
        {
            Put(sample.Counters[i].Signal, sample.Counters[i].Total);
        }

        for (var i = 0; i < sample.Gauges.Count; i++)
        {
            Put(sample.Gauges[i].Signal, sample.Gauges[i].Value);
        }
    }

    /// <summary>Null where the device never told it.</summary>
    public readonly double? Of(Signal signal)
    {
        if ((_known & (1L << (int)signal)) != 0)
        {
            foreach (ref readonly var told in _told.AsSpan())
            {
                if (told.Signal == signal)
                {
                    return told.Value;
                }
            }
        }

        return null;
    }

    private void Put(Signal signal, double value)
    {
        foreach (ref var told in _told.AsSpan())
        {
            if (told.Signal == signal)
            {
                told = told with { Value = value };
                return;
            }
        }

        // What a later agent measures is not on the page: it would be memory for nothing, and anybody could make it grow.
        if (StationsFamily.Shows(signal))
        {
            _known |= 1L << (int)signal;
            _told = [.. _told ?? [], new Told(value, signal)];
        }
    }

    internal readonly record struct Told(double Value, Signal Signal);
}
