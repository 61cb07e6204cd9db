using System.Diagnostics.Metrics;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Coverage;

/// <summary>Where the provinces that a target holds in will be by it; read from the tables at intervals, as every server sees the same.</summary>
internal sealed class TargetInstruments
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(60);

    private readonly Database _database;
    private IReadOnlyList<(string Province, Outlook Outlook, long BlanksShort)> _provinces = [];

    public TargetInstruments(IMeterFactory meters, Database database)
    {
        _database = database;
        var meter = meters.Create("ktp.coverage");
        meter.CreateObservableGauge("ktp.coverage.target_pace", () => Measure(province => province.Outlook.Pace), "{citizen}", "Citizens recorded per working day in districts that have a target.");
        meter.CreateObservableGauge(
            "ktp.coverage.target_pace_needed", () => Measure(province => province.Outlook.PaceNeeded), "{citizen}", "Citizens per working day that reach the targets; not shown when one is past.");
        meter.CreateObservableGauge("ktp.coverage.target_shortfall", () => Measure(province => province.Outlook.Shortfall), "{citizen}", "Citizens who will be missing on their target's day at today's pace.");
        meter.CreateObservableGauge("ktp.coverage.target_blanks_short", () => Measure(province => province.BlanksShort), "{blank}", "Blanks that offices lack by their targets.");
    }

    public async Task RefreshAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var book = await _database.ReadAsync(
            async tx => (await TargetStore.ListAsync(tx, RegionCode.Country, "", 1)).Count > 0 ? await TargetStore.ReadAsync(tx, RegionCode.Country, now) : null, cancellation);
        Volatile.Write(ref _provinces, book is null ? [] : [.. book.Districts.Where(district => book.Of(district.District) is not null).Select(district => district.District.Office.Parent).Distinct()
            .Select(province => (province.Value, book.Look(province), book.BlanksShort(province) ?? 0))]);
    }

    private IEnumerable<Measurement<double>> Measure(Func<(string Province, Outlook Outlook, long BlanksShort), double?> value) =>
        from province in Volatile.Read(ref _provinces)
        let measured = value(province)
        where measured is not null
        select new Measurement<double>(measured.Value, new KeyValuePair<string, object?>("region", province.Province));
}
