using System.Diagnostics.Metrics;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Printing;

/// <summary>How long cards wait that nothing keeps waiting; read from the tables at intervals, as every server sees the same.</summary>
internal sealed class WaitInstruments
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(60);

    private readonly Database _database;
    private IReadOnlyDictionary<string, TimeSpan> _waits = new Dictionary<string, TimeSpan>();

    public WaitInstruments(IMeterFactory meters, Database database)
    {
        _database = database;
        meters.Create("ktp.printing").CreateObservableGauge(
            "ktp.printing.oldest_ready", () => Volatile.Read(ref _waits).Select(wait => new Measurement<double>(wait.Value.TotalSeconds, new KeyValuePair<string, object?>("region", wait.Key))),
            "s", "Age of the job that is next in its office, the oldest of those offices that have blanks and a working printer.");
    }

    public async Task RefreshAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var (next, printers) = await _database.ReadAsync(async tx => (await WaitStore.ListNextAsync(tx), await WaitStore.ListWorkingAsync(tx, now)), cancellation);
        Volatile.Write(ref _waits, OldestByProvince(next, printers, now));
    }

    /// <summary>Of offices that no printer prints for, nothing is told: their cards wait for a repair, which is an incident of its own.</summary>
    internal static Dictionary<string, TimeSpan> OldestByProvince(IReadOnlyList<(RegionCode Office, DateTimeOffset Since)> next, IReadOnlyList<Printer> printers, DateTimeOffset now)
    {
        var printed = printers.Select(printer => printer.Prints).Distinct().ToList();
        return next.Where(job => printed.Exists(region => region.Contains(job.Office) || job.Office.Contains(region)))
            .GroupBy(job => job.Office.Parent.Value)
            .ToDictionary(jobs => jobs.Key, jobs => jobs.Max(job => job.Since > now ? TimeSpan.Zero : now - job.Since));
    }
}
