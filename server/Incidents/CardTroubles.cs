using Ktp.Incidents.V1;
using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Printing;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Incidents;

/// <summary>What the facts of printing and of cards say of causes: what is wrong with each now; nothing where it is well.</summary>
internal static class CardTroubles
{
    private const string Print = "print/";
    private const string Missing = "missing/";
    private const string Report = "report/";
    private const string Counter = "counter/";
    private const string Stock = "stock/";
    private const string Sent = "transfer/";

    public static readonly IReadOnlySet<string> Kinds = new HashSet<string>
    {
        AttemptUnknown.Kind, AttemptPrinted.Kind, AttemptFailed.Kind, AttemptNotFed.Kind, AttemptResolved.Kind, ReportRefused.Kind,
        CardVerified.Kind, CardSpoiled.Kind, CardHandedOver.Kind, JobCancelled.Kind, PicksUnexplained.Kind, PicksExplained.Kind,
        StockCounted.Kind, TransferReceived.Kind, IncidentAcknowledged.Kind,
    };

    public static async ValueTask<IReadOnlyList<(string Cause, Trouble? Trouble)>> OfAsync(Tx tx, IFact news) => news switch
    {
        AttemptUnknown fact =>
        [
            (Missing + fact.BlankSerial, null),
            (Print + fact.JobId, new Trouble(
                IncidentKind.PrintUnknown, fact.Region, fact.StationId, "",
                $"Nobody knows whether blank {fact.BlankSerial} became a card at station {fact.StationId}: look for it. No machine prints it again.")),
        ],
        AttemptResolved { Finding: Finding.NoCard } fact =>
        [
            (Print + fact.JobId, null),
            (Missing + fact.BlankSerial, new Trouble(
                IncidentKind.CardMissing, StationId.Trusted(fact.StationId).Region.Value, fact.StationId, "", $"Two persons found neither card nor blank {fact.BlankSerial} at station {fact.StationId}: count what lies there.")),
        ],
        AttemptPrinted or AttemptFailed or AttemptNotFed or AttemptResolved => [(Print + ((JobFact)news).JobId, null)],
        ReportRefused { Contradicts: true } fact =>
        [
            (Report + fact.JobId, new Trouble(
                IncidentKind.ReportContradicts, fact.Region, fact.StationId, "",
                $"Station {fact.StationId} reports an attempt, {fact.Reported}, otherwise than the books have it: look whether there is a card too many.")),
        ],
        CardVerified or CardSpoiled or CardHandedOver or JobCancelled => [(Report + ((JobFact)news).JobId, null)],
        PicksUnexplained fact =>
        [
            (Counter + fact.StationId, new Trouble(
                IncidentKind.PrinterCounter, fact.Region, fact.StationId, "printer/" + fact.PrinterSerial,
                $"The printer of station {fact.StationId} picked cards that no attempt explains: find out what became of them, and say it.")),
        ],
        PicksExplained { Left: 0 } fact => [(Counter + fact.StationId, null)],
        TransferReceived { Missing.Count: > 0 } fact =>
        [
            (Sent + fact.TransferId, new Trouble(
                IncidentKind.StockDiffers, fact.Region, "", "", $"Of the blanks that {fact.FromOffice} sent to {fact.Region}, {fact.Missing.Sum(range => range.Count)} did not arrive.")),
        ],
        StockCounted fact => await OfCountAsync(tx, fact),
        IncidentAcknowledged fact => await IncidentStore.FindAsync(tx, fact.IncidentId) is { Kind: IncidentKind.ReportContradicts } seen ? [(seen.Cause, null)] : [],
        _ => [],
    };

    /// <summary>What a count misses is wrong; what it finds ends what was wrong before.</summary>
    private static async ValueTask<IReadOnlyList<(string Cause, Trouble? Trouble)>> OfCountAsync(Tx tx, StockCounted fact)
    {
        var missing = fact.Missing.Sum(range => range.Count);
        var settled = new List<(string, Trouble?)>
        {
            (Stock + fact.Region, missing == 0 ? null : new Trouble(
                IncidentKind.StockDiffers, fact.Region, "", "", $"A count of the vault of {fact.Region} found {missing} blanks fewer than the books have: {fact.Missing[0]}{(fact.Missing.Count > 1 ? " and others" : "")}.")),
        };
        foreach (var incident in fact.Found.Count == 0 ? [] : await IncidentStore.ListAsync(tx, RegionCode.Trusted(fact.Region), openOnly: true, "", int.MaxValue))
        {
            if (incident.Cause.StartsWith(Missing, StringComparison.Ordinal)
                && await CardStore.FindAsync(tx, long.Parse(incident.Cause[Missing.Length..], System.Globalization.CultureInfo.InvariantCulture)) is not { State: CardState.Missing })
            {
                settled.Add((incident.Cause, null));
            }
            else if (incident.Cause.StartsWith(Sent, StringComparison.Ordinal) && !await LacksAsync(tx, incident.Cause[Sent.Length..]))
            {
                settled.Add((incident.Cause, null));
            }
        }

        return settled;
    }

    private static async ValueTask<bool> LacksAsync(Tx tx, string transferId)
    {
        var transfer = await TransferStore.LockAsync(tx, transferId);
        foreach (var range in transfer?.Serials ?? [])
        {
            if (await CardStore.CountAsync(tx, transfer!.To, CardState.Missing, range) > 0)
            {
                return true;
            }
        }

        return false;
    }
}
