using System.Diagnostics.Metrics;
using Ktp.Repairs.V1;
using KtpGrpc.Server.Metrics;

namespace KtpGrpc.Server.Repairs;

/// <summary>
/// The backlog by state, its age and what became of repairs by province, as the tables had it at the last look: so a restart
/// forgets nothing, and every server shows the same.
/// </summary>
internal sealed class RepairInstruments
{
    private static readonly RepairState[] _open =
        [.. Enum.GetValues<RepairState>().Where(state => state is not (RepairState.Unspecified or RepairState.Verified or RepairState.Cancelled))];

    private volatile Figures _figures = new(default, [], []);

    public RepairInstruments(IMeterFactory meters)
    {
        var meter = meters.Create("ktp.repairs");
        meter.CreateObservableGauge("ktp.repairs.open", () => _open.Select(state => new Measurement<long>(
            _figures.Open.Where(count => count.State == state).Sum(count => count.Count), new KeyValuePair<string, object?>("state", LabelText.WordOf(state)))),
            "{repair}", "Repairs that are not over.");
        meter.CreateObservableGauge("ktp.repairs.oldest", () => _figures.Open.GroupBy(count => count.Province).Select(counts => new Measurement<double>(
            Math.Max(0, (_figures.At - counts.Min(count => count.Oldest)).TotalSeconds), Region(counts.Key))), "s", "Age of the oldest repair that is not over.");
        meter.CreateObservableCounter("ktp.repairs.verified", () => Totals(totals => totals.Verified), "{repair}", "Repairs that the device's own work has verified.");
        meter.CreateObservableCounter("ktp.repairs.duration", () => _figures.Totals.Select(totals => new Measurement<double>(totals.ToRepair.TotalSeconds, Region(totals.Province))),
            "s", "Time from opening to verification, of all verified repairs together: by their number it is the mean time to repair.");
        meter.CreateObservableCounter("ktp.repairs.repeats", () => Totals(totals => totals.Repeats), "{repair}", "Repairs of what was repaired within the month before, and devices that failed their proof.");
    }

    public void Show(DateTimeOffset now, (List<OpenCount> Open, List<RepairTotals> Totals) figures) => _figures = new Figures(now, figures.Open, figures.Totals);

    private IEnumerable<Measurement<long>> Totals(Func<RepairTotals, long> value) => _figures.Totals.Select(totals => new Measurement<long>(value(totals), Region(totals.Province)));

    private static KeyValuePair<string, object?> Region(string province) => new("region", province);

    private sealed record Figures(DateTimeOffset At, IReadOnlyList<OpenCount> Open, IReadOnlyList<RepairTotals> Totals);
}
