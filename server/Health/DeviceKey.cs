using Ktp.Health.V1;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Health;

/// <summary>A device within its station: its kind and the serial number on its plate.</summary>
internal readonly record struct DeviceKey(DeviceKind Kind, string Serial)
{
    private static readonly string[] _names =
        ["unspecified", "station", "fingerprint", "iris", "camera", "signature-pad", "printer", "card-reader", "ups", "host"];

    /// <summary>The station itself is a device too, judged by its presence.</summary>
    public static DeviceKey Of(StationId station) => new(DeviceKind.Station, station.Value);

    public static string NameOf(DeviceKind kind) => _names[(int)kind];

    /// <summary>Without one of these a kit records nobody.</summary>
    public bool Records => Kind is DeviceKind.Fingerprint or DeviceKind.Iris or DeviceKind.Camera or DeviceKind.Host;

    /// <summary>The key of its rows: sorts by region, then station.</summary>
    public string In(StationId station) => $"{station}/{this}";

    /// <summary>Reads what <see cref="ToString"/> wrote; false for what names no device.</summary>
    public static bool TryParse(string text, out DeviceKey key)
    {
        var (kind, slash) = (-1, text.IndexOf('/'));
        for (var i = (int)DeviceKind.Station; i < _names.Length && slash > 0; i++)
        {
            kind = text.AsSpan(0, slash).SequenceEqual(_names[i]) ? i : kind;
        }

        key = kind < 0 ? default : new DeviceKey((DeviceKind)kind, text[(slash + 1)..]);
        return kind >= 0;
    }

    /// <summary>As people and incidents name it: fingerprint/FP-1.</summary>
    public override string ToString() => $"{NameOf(Kind)}/{Serial}";
}
