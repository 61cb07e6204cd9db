using System.Diagnostics.Metrics;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Coverage;

/// <summary>
/// Obliged and recorded citizens per province: two figures for each of 514 regencies would be half of what the page may
/// have. They are read from the tables at intervals, so that a scrape asks no database and every server shows the same.
/// </summary>
internal sealed class CoverageInstruments
{
    private readonly Database _database;
    private List<(string Region, CoverageFigures Figures)> _provinces = [];

    public CoverageInstruments(IMeterFactory meters, Database database)
    {
        _database = database;
        var meter = meters.Create("ktp.coverage");
        meter.CreateObservableGauge("ktp.coverage.obliged", () => Measure(figures => figures.Obliged), "{citizen}", "Citizens who must be recorded.");
        meter.CreateObservableGauge("ktp.coverage.recorded", () => Measure(figures => figures.Recorded), "{citizen}", "Citizens recorded, each once.");
    }

    public async Task RefreshAsync(DateTimeOffset now, CancellationToken cancellation) =>
        Volatile.Write(ref _provinces, await _database.ReadAsync(CoverageStore.ListProvincesAsync, cancellation));

    private IEnumerable<Measurement<long>> Measure(Func<CoverageFigures, long> value) =>
        Volatile.Read(ref _provinces).Select(province => new Measurement<long>(value(province.Figures), new KeyValuePair<string, object?>("region", province.Region)));
}
