using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Ktp.Incidents.V1;
using KtpGrpc.Server.Printing;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Incidents;

/// <summary>How near a regency or city is to recording and printing nothing any more.</summary>
/// <param name="Waiting">Obliged citizens that are not recorded.</param>
/// <param name="Supply">What it has and owes in cards; null where it has and owes none.</param>
internal sealed record CityRedundancy(RegionCode Office, Reserve Kits, long Waiting, Reserve Printers, Supply? Supply)
{
    /// <summary>All who wait hang on one kit, whatever its health, and on none; else a share of them.</summary>
    public long AtRisk => Kits.Level is RedundancyLevel.OneLeft or RedundancyLevel.NoneLeft ? Waiting : (long)Math.Round(Waiting * Kits.Risk);

    /// <summary>Sorts those with the most citizens at risk first.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{long.MaxValue - AtRisk:D19}/{Office}");

    public string Summary(DateTimeOffset now) => Kits.Level switch
    {
        RedundancyLevel.NoneLeft => Text($"No kit can record in {Office}; {Waiting:N0} citizens wait."),
        RedundancyLevel.OneLeft => Text($"One kit, of {Kits.All}, can record in {Office}: when it fails, by {Kits.LastFailureAt(now):d MMMM yyyy} as likely as not, {Waiting:N0} citizens wait for nothing."),
        _ => Text($"{Kits.Working.Count} kits, of {Kits.All}, can record in {Office}; that all fail within {Reserve.SpareDays} days has a chance of 1 in {1 / Math.Max(Kits.Risk, 1e-12):N0}."),
    };

    public Redundancy ToWire(DateTimeOffset now) => new()
    {
        RegionCode = Office.Value,
        Kits = ToWire(Kits, now),
        CitizensWaiting = Waiting,
        CitizensAtRisk = AtRisk,
        Printers = ToWire(Printers, now),
        Backlog = Supply?.Backlog ?? 0,
        Blanks = Supply?.Blanks ?? 0,
        BlanksShort = Supply?.Short ?? 0,
        BlanksOutAt = Supply?.BlanksOutAt(now)?.ToTimestamp(),
        Summary = Summary(now),
    };

    private static Ktp.Incidents.V1.Reserve ToWire(Reserve reserve, DateTimeOffset now) => new()
    {
        All = reserve.All,
        Working = reserve.Working.Count,
        Level = reserve.Level,
        Risk = reserve.Risk,
        LastFailureExpectedAt = reserve.LastFailureAt(now)?.ToTimestamp(),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
