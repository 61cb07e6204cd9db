using System.Text.Json.Serialization;
using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Destruction;

/// <summary>The report of an office's month to the centre: what was sealed in it, by the office's own clock.</summary>
internal static class MonthFile
{
    public const string Form = "ktp-destruction-month-v1";

    /// <param name="BalanceAtExport">Where the office's cards are at the moment of the export, not at the month's end: the books keep no old balances.</param>
    internal sealed record Header(
        string Form, string Office, string OfficeName, string Month, DateTimeOffset From, DateTimeOffset To, long Records, long Cards,
        IReadOnlyList<ReasonTotal> Totals, DateTimeOffset ExportedAt, Balance BalanceAtExport);

    internal sealed record Sealed(
        string Number, string DestructionId, DateTimeOffset SealedAt, DestructionMethod Method, string RecordSha256, long Cards, IReadOnlyList<ReasonTotal> Totals);

    public static Header HeaderOf(
        string office, string officeName, string month, (DateTimeOffset From, DateTimeOffset To) bounds, List<DestructionAct> acts, DateTimeOffset now, Balance balance) => new(
        Form, office, officeName, month, bounds.From, bounds.To, acts.Count, acts.Sum(act => act.Cards),
        [.. acts.SelectMany(act => act.Totals).GroupBy(total => total.Reason).OrderBy(reason => reason.Key).Select(reason => new ReasonTotal(reason.Key, reason.Sum(total => total.Cards)))],
        now, balance);

    public static Sealed SealedOf(DestructionAct act) => new(
        act.Number!, act.Id, act.SealedAt!.Value, act.Method, Convert.ToHexStringLower(RecordFile.Sha256(RecordFile.RecordLine(act.Record!))), act.Cards, act.Totals);
}

[JsonSerializable(typeof(MonthFile.Header))]
[JsonSerializable(typeof(MonthFile.Sealed))]
internal sealed partial class MonthFileJson : JsonSerializerContext
{
    public static readonly MonthFileJson Compact = new(RecordFileJson.WithWords());
}
