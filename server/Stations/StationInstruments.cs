using System.Diagnostics.Metrics;
using KtpGrpc.Server.Security;

namespace KtpGrpc.Server.Stations;

/// <summary>
/// The certificates of the stations that are connected here. Each agent renews its own when half of its life is over,
/// so one that comes with the last quarter does not.
/// </summary>
internal sealed class StationInstruments
{
    /// <summary>The latest moment at which an agent begins to renew leaves two fifths of the life.</summary>
    public static readonly TimeSpan Overdue = CertificateAuthority.StationLife / 4;

    public StationInstruments(IMeterFactory meters, StationDirectory directory, StationPresence presence, TimeProvider time)
    {
        var meter = meters.Create("ktp.stations");
        meter.CreateObservableGauge("ktp.stations.certificate_expiry_timestamp", () => Connected(directory, presence)
            .Select(station => station.CertificateNotAfter.ToUnixTimeSeconds()).Order().Take(1).Select(first => new Measurement<long>(first)),
            "s", "Moment at which the first certificate of a connected station expires, as Unix time.");
        meter.CreateObservableGauge("ktp.stations.renewals_overdue", () => Connected(directory, presence)
            .Where(station => station.CertificateNotAfter - time.GetUtcNow() < Overdue)
            .CountBy(station => station.Region.Value[..2])
            .Select(province => new Measurement<long>(province.Value, new KeyValuePair<string, object?>("region", province.Key))),
            "{station}", "Connected stations that should have renewed their certificate long ago, by province; not shown where none is.");
    }

    private static IEnumerable<Station> Connected(StationDirectory directory, StationPresence presence) => directory.All.Where(station => presence.IsConnected(station.Id));
}
