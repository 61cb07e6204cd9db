using System.Diagnostics.Metrics;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Coverage;

/// <summary>How long citizens of each province waited of late; read from the tables at intervals, as every server sees the same.</summary>
internal sealed class ServiceInstruments
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(60);

    private static readonly (double Share, string Label)[] _shares = [(0.5, "0.5"), (0.9, "0.9")];

    private readonly Database _database;
    private IReadOnlyList<Measurement<double>> _waits = [];

    public ServiceInstruments(IMeterFactory meters, Database database)
    {
        _database = database;
        meters.Create("ktp.service").CreateObservableGauge(
            "ktp.service", () => Volatile.Read(ref _waits), "s", "Time from capture to card that this share of citizens waited at most, of the waits that ended in the last 28 days.");
    }

    public async Task RefreshAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var first = LocalDay.Of(RegionCode.Country, now).AddDays(1 - CoverageWire.UsualDays);
        var waits = await _database.ReadAsync(tx => ServiceStore.ListProvincesAsync(tx, first), cancellation);
        Volatile.Write(ref _waits, [.. waits.GroupBy(wait => (wait.Province, wait.End)).SelectMany(wait => _shares.Select(share => new Measurement<double>(
            WaitBuckets.Quantile([.. wait.Select(bucket => (bucket.Bucket, bucket.Count))], share.Share)!.Value.TotalSeconds,
            new("region", wait.Key.Province), new("until", wait.Key.End == ServiceEnd.Printed ? "printed" : "handed_over"), new("share", share.Label))))]);
    }
}
