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

    /// <summary>As people and incidents name it: fingerprint/FP-1.</summary>
    public override string ToString() => $"{NameOf(Kind)}/{Serial}";
}
