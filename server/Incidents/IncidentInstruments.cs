using System.Diagnostics.Metrics;
using Ktp.Incidents.V1;
using KtpGrpc.Server.Metrics;

namespace KtpGrpc.Server.Incidents;

/// <summary>Open incidents by kind and severity, and how many stations of each regency or city can record.</summary>
internal sealed class IncidentInstruments
{
    private static readonly IncidentKind[] _kinds = [.. Enum.GetValues<IncidentKind>().Where(kind => kind != IncidentKind.Unspecified)];

    private static readonly (string Label, Func<Incident, bool> Keeps)[] _reasons =
    [
        ("suppressed", incident => incident.Mute.By.Length > 0), ("maintenance", incident => incident.Mute.InMaintenance),
        ("acknowledged", incident => incident.AcknowledgedAt is not null), ("flapping", incident => incident.Flapping),
    ];

    private readonly long[] _open = new long[_kinds.Length];
    private readonly long[] _kept = new long[_reasons.Length];
    private readonly Counter<long> _notices;
    private volatile IReadOnlyList<KnownOffice> _offices = [];

    public IncidentInstruments(IMeterFactory meters)
    {
        var meter = meters.Create("ktp.incidents");
        meter.CreateObservableGauge("ktp.incidents.open", () => _kinds.Select((kind, index) => new Measurement<long>(
            Interlocked.Read(ref _open[index]), new("kind", LabelText.WordOf(kind)), new("severity", LabelText.WordOf(Trouble.SeverityOf(kind))))),
            "{incident}", "Open incidents.");
        meter.CreateObservableGauge("ktp.incidents.working_stations", () => _offices
            .Select(office => new Measurement<long>(office.Working, new KeyValuePair<string, object?>("region", office.Office))),
            "{station}", "Stations that can record, by regency or city.");
        meter.CreateObservableGauge("ktp.incidents.held_back", () => _reasons.Select((reason, index) => new Measurement<long>(
            Interlocked.Read(ref _kept[index]), new KeyValuePair<string, object?>("reason", reason.Label))),
            "{incident}", "Open incidents of which nobody is told now, or that flap, by reason.");
        _notices = meter.CreateCounter<long>("ktp.incidents.notices", "{notice}", "Notices to people that this server has seen in the journal, by severity.");
        foreach (var severity in Enum.GetValues<IncidentSeverity>().Where(severity => severity != IncidentSeverity.Unspecified))
        {
            Noticed(severity, 0);
        }
    }

    public void Noticed(IncidentSeverity severity, int notices = 1) => _notices.Add(notices, new KeyValuePair<string, object?>("severity", LabelText.WordOf(severity)));

    /// <summary>An incident is what it was not before; null where it was not open, or is not any more.</summary>
    public void Changed(Incident? before, Incident? after)
    {
        Count(before, -1);
        Count(after, 1);
    }

    public void Show(IReadOnlyList<KnownOffice> offices) => _offices = offices;

    private void Count(Incident? incident, int by)
    {
        if (incident is not null)
        {
            Interlocked.Add(ref _open[Array.IndexOf(_kinds, incident.Kind)], by);
            for (var reason = 0; reason < _reasons.Length; reason++)
            {
                Interlocked.Add(ref _kept[reason], _reasons[reason].Keeps(incident) ? by : 0);
            }
        }
    }
}
