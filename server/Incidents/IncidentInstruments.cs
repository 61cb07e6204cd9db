using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;

namespace KtpGrpc.Server.Incidents;

/// <summary>Open incidents by kind and severity, and how many stations of each regency or city can record.</summary>
internal sealed partial class IncidentInstruments
{
    private volatile IReadOnlyList<Incident> _open = [];
    private volatile IReadOnlyList<KnownOffice> _offices = [];

    public IncidentInstruments(IMeterFactory meters)
    {
        var meter = meters.Create("ktp.incidents");
        meter.CreateObservableGauge("ktp.incidents.open", () => _open
            .CountBy(incident => (incident.Kind, incident.Severity))
            .Select(count => new Measurement<long>(count.Value, new("kind", Label(count.Key.Kind)), new("severity", Label(count.Key.Severity)))),
            "{incident}", "Open incidents.");
        meter.CreateObservableGauge("ktp.incidents.working_stations", () => _offices
            .Select(office => new Measurement<long>(office.Working, new KeyValuePair<string, object?>("region", office.Office))),
            "{station}", "Stations that can record, by regency or city.");
    }

    public void Show(IReadOnlyList<Incident> open) => _open = open;

    public void Show(IReadOnlyList<KnownOffice> offices) => _offices = offices;

    private static string Label<T>(T value) where T : struct, Enum => Humps().Replace(value.ToString(), "_").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex Humps();
}
