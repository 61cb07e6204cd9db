using Google.Protobuf.Collections;
using Ktp.Health.V1;
using KtpGrpc.Server.Health.Detectors;

namespace KtpGrpc.Server.Health;

/// <summary>
/// How surprising a device's gauges were within the last day. They support what others say of a device in trouble and never
/// make a verdict: two of three alarms of theirs would be false. Guarded by its station's lock.
/// </summary>
internal sealed class GaugeWatches
{
    /// <summary>However wild a gauge is, it weighs no more than one in a hundred.</summary>
    public const double SurpriseAtMost = 2;

    private static readonly long _remembered = (long)TimeSpan.FromDays(1).TotalMilliseconds;

    private Known[] _known = [];

    public void Take(RepeatedField<Gauge> gauges, DateTimeOffset now)
    {
        for (var i = 0; i < gauges.Count; i++)
        {
            if (gauges[i].Signal is Signal.Quality or Signal.CaptureSeconds or Signal.TemperatureCelsius or Signal.RoundTripSeconds)
            {
                Take(ref Find(gauges[i].Signal), gauges[i].Value, now);
            }
        }
    }

    /// <summary>Those that surprised within the day, or all.</summary>
    public IEnumerable<Evidence> Tell(DateTimeOffset now, bool all)
    {
        foreach (var known in _known)
        {
            if (IsStrange(known, now.ToUnixTimeMilliseconds()))
            {
                yield return new Evidence(
                    FormattableString.Invariant($"{NameOf(known.Signal)} was {known.Strange:0.#} on {DateTimeOffset.FromUnixTimeMilliseconds(known.At):yyyy-MM-dd HH:mm}Z, far from what is usual of this device at that hour."),
                    "gauge", known.Strange, Math.Round(known.Watch.Level, 2), Math.Round(Math.Min(known.Score, SurpriseAtMost), 2), DateTimeOffset.FromUnixTimeMilliseconds(known.At));
            }
            else if (all)
            {
                yield return new Evidence(
                    FormattableString.Invariant($"{NameOf(known.Signal)} is {known.Last:0.#}; usual for this device is {known.Watch.Level:0.#}."), "gauge", known.Last, Math.Round(known.Watch.Level, 2), 0, default);
            }
        }
    }

    public void Write(BinaryWriter to)
    {
        to.Write(_known.Length);
        foreach (var known in _known)
        {
            to.Write((int)known.Signal);
            known.Watch.Write(to);
            to.Write(known.Last);
            to.Write(known.Strange);
            to.Write(known.Score);
            to.Write(known.At);
        }
    }

    public static GaugeWatches Read(BinaryReader from)
    {
        var watches = new GaugeWatches { _known = new Known[Math.Clamp(from.ReadInt32(), 0, SampleCheck.MostGauges)] };
        for (var i = 0; i < watches._known.Length; i++)
        {
            watches._known[i] = new Known
            {
                Signal = (Signal)from.ReadInt32(),
                Watch = GaugeWatch.Read(from),
                Last = from.ReadDouble(),
                Strange = from.ReadDouble(),
                Score = from.ReadDouble(),
                At = from.ReadInt64(),
            };
        }

        return watches;
    }

    private static void Take(ref Known known, double value, DateTimeOffset now)
    {
        known.Last = value;
        var score = known.Watch.Take(value, now);
        if (score >= GaugeWatch.SurprisingAt && (score >= known.Score || !IsStrange(known, now.ToUnixTimeMilliseconds())))
        {
            (known.Strange, known.Score, known.At) = (value, score, now.ToUnixTimeMilliseconds());
        }
    }

    private static bool IsStrange(in Known known, long now) => known.Score > 0 && Math.Abs(now - known.At) <= _remembered;

    private static string NameOf(Signal signal) => signal switch
    {
        Signal.Quality => "quality of captures",
        Signal.CaptureSeconds => "seconds of a capture",
        Signal.TemperatureCelsius => "temperature in °C",
        _ => "round trip in seconds",
    };

    private ref Known Find(Signal signal)
    {
        for (var i = 0; i < _known.Length; i++)
        {
            if (_known[i].Signal == signal)
            {
                return ref _known[i];
            }
        }

        Array.Resize(ref _known, _known.Length + 1);
        _known[^1].Signal = signal;
        return ref _known[^1];
    }

    /// <summary>At most 256 bytes.</summary>
    internal struct Known
    {
        public GaugeWatch Watch;
        public Signal Signal;
        public double Last;
        public double Strange;
        public double Score;
        public long At;
    }
}
