using System.Buffers;
using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Health;

/// <summary>Refuses, with INVALID_ARGUMENT, what a station may not say of its devices.</summary>
internal static class SampleCheck
{
    public const int MostDevices = 32;
    private const int MostSamples = 64;
    private const int MostCounters = 32;
    public const int MostGauges = 32;
    private const int MostCodes = 16;
    private const int MostText = 64;

    /// <summary>No place of the country and no working device is colder.</summary>
    private const double Coldest = -50;

    private static readonly SearchValues<char> _codeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-._");

    private static readonly TimeSpan _mostAhead = TimeSpan.FromMinutes(5);

    public static void Devices(IReadOnlyList<Device> devices, IReadOnlyList<Device> renewed)
    {
        Require.Within(devices.Count, "the number of devices", 0, MostDevices);
        foreach (var device in devices.Concat(renewed))
        {
            Kind(device.Kind);
            Text(device.Serial, "device.serial");
            Text(device.Model, "device.model");
        }

        if (devices.DistinctBy(device => (device.Kind, device.Serial)).Count() != devices.Count)
        {
            throw Refuse.Invalid("A device is named twice: each has its own kind and serial.");
        }

        if (renewed.Any(device => !devices.Contains(device)))
        {
            throw Refuse.Invalid("A renewed device is not one of the kit's devices: name it in both lists.");
        }
    }

    /// <summary>Checks a batch against the kit that the station said hello with.</summary>
    public static void Samples(StationHealth station, IReadOnlyList<Sample> samples, DateTimeOffset now)
    {
        Require.Within(samples.Count, "the number of samples", 1, MostSamples);
        var latest = (now + _mostAhead).ToUnixTimeSeconds();
        for (var i = 0; i < samples.Count; i++)
        {
            One(station, samples[i], latest, now);
        }
    }

    private static void One(StationHealth station, Sample sample, long latest, DateTimeOffset now)
    {
        var device = sample.Device ?? throw Refuse.Invalid("device is missing.");
        Kind(device.Kind);
        var known = station.Find(device.Kind, device.Serial)
            ?? throw Refuse.Invalid($"The hello did not name a {DeviceKey.NameOf(device.Kind)} with the serial '{Require.Shown(device.Serial)}': say hello with all devices.");
        if (known.Model != device.Model)
        {
            throw Refuse.Invalid($"The hello named {known.Key} as another model: say hello again when a device is exchanged.");
        }

        Moment(sample.TakenAt, latest, now);
        if (sample.Counters.Count > MostCounters || sample.Gauges.Count > MostGauges || sample.Codes.Count > MostCodes)
        {
            throw Refuse.Invalid($"A sample holds at most {MostCounters} counters, {MostGauges} gauges and {MostCodes} codes.");
        }

        for (var i = 0; i < sample.Counters.Count; i++)
        {
            Counter(sample, i);
        }

        for (var i = 0; i < sample.Gauges.Count; i++)
        {
            Gauge(sample.Gauges[i]);
        }

        for (var i = 0; i < sample.Codes.Count; i++)
        {
            Code(sample.Codes[i].Code);
        }
    }

    private static void Moment(Timestamp? taken, long latest, DateTimeOffset now)
    {
        if (taken is null || taken.Nanos is < 0 or > 999_999_999 || taken.Seconds < -62135596800)
        {
            throw Refuse.Invalid("taken_at is missing, or is no moment.");
        }

        if (taken.Seconds > latest)
        {
            throw Refuse.Invalid($"A sample from the future: taken_at is more than {_mostAhead.TotalMinutes:0} minutes ahead of the server's {now:O}. Correct it by the offset of the welcome.");
        }
    }

    /// <summary>A signal of a later agent is let through and not looked at; one that is told twice contradicts itself.</summary>
    private static void Counter(Sample sample, int index)
    {
        var signal = sample.Counters[index].Signal;
        if (signal is Signal.Unspecified or (>= Signal.Quality and <= Signal.RoundTripSeconds))
        {
            throw Refuse.Invalid($"{signal} is not a counter.");
        }

        for (var before = 0; before < index; before++)
        {
            if (sample.Counters[before].Signal == signal)
            {
                throw Refuse.Invalid($"The counter {signal} is told twice in one sample.");
            }
        }
    }

    private static void Gauge(Gauge gauge)
    {
        if (gauge.Signal is >= Signal.Unspecified and <= Signal.UplinkLost)
        {
            throw Refuse.Invalid($"{gauge.Signal} is not a gauge.");
        }

        var (least, most) = gauge.Signal switch
        {
            Signal.Quality => (0.0, 100.0),
            Signal.TemperatureCelsius => (Coldest, 1000),
            Signal.RibbonLeftRatio or Signal.DiskFreeRatio or Signal.BatteryRatio => (0, 1),
            _ => (0, double.MaxValue),
        };
        if (!(gauge.Value >= least && gauge.Value <= most))
        {
            throw Refuse.Invalid($"The gauge {gauge.Signal} must be {least:0} to {most:G3}; it is {gauge.Value:G6}.");
        }
    }

    private static void Code(string code)
    {
        if (code.Length is 0 or > MostText || code.AsSpan().ContainsAnyExcept(_codeCharacters))
        {
            throw Refuse.Invalid($"A code has 1 to {MostText} characters of a-z, 0-9, '-', '.' and '_': media-jam.");
        }
    }

    private static void Kind(DeviceKind kind)
    {
        if (kind is not (>= DeviceKind.Fingerprint and <= DeviceKind.Host))
        {
            throw Refuse.Invalid($"{(int)kind} is not the kind of a kit's device; the station itself is judged by the server.");
        }
    }

    private static void Text(string text, string field)
    {
        Require.Text(text, field, MostText);
        if (text.AsSpan().ContainsAnyInRange('\0', '\u001f'))
        {
            throw Refuse.Invalid($"{field} holds a control character.");
        }
    }
}
