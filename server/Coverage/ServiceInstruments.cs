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
    private IReadOnlyList<Measurement<double>> _captures = [];

    public ServiceInstruments(IMeterFactory meters, Database database)
    {
        _database = database;
        var meter = meters.Create("ktp.service");
        meter.CreateObservableGauge(
            "ktp.service", () => Volatile.Read(ref _waits), "s", "Time from capture to card that this share of citizens waited at most, of the waits that ended in the last 28 days.");
        meter.CreateObservableGauge(
            "ktp.service.capture", () => Volatile.Read(ref _captures), "s", "Time from the start of a capture to its sealed packet that this share of captures took at most, of those measured in the last 28 days.");
    }

    public async Task RefreshAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var first = LocalDay.Of(RegionCode.Country, now).AddDays(1 - CoverageWire.UsualDays);
        var waits = await _database.ReadAsync(tx => ServiceStore.ListProvincesAsync(tx, first), cancellation);
        var ended = waits.ToLookup(wait => wait.End);
        Volatile.Write(ref _waits, [.. Measure(ended[ServiceEnd.Printed], "printed"), .. Measure(ended[ServiceEnd.HandedOver], "handed_over")]);
        Volatile.Write(ref _captures, [.. Measure(ended[ServiceEnd.Captured])]);
    }

    private static IEnumerable<Measurement<double>> Measure(IEnumerable<(string Province, ServiceEnd End, int Bucket, long Count)> waits, string? until = null) =>
        from province in waits.GroupBy(wait => wait.Province)
        from share in _shares
        select new Measurement<double>(
            WaitBuckets.Quantile([.. province.Select(bucket => (bucket.Bucket, bucket.Count))], share.Share)!.Value.TotalSeconds,
            [new("region", province.Key), .. until is null ? Array.Empty<KeyValuePair<string, object?>>() : [new("until", until)], new("share", share.Label)]);
}
