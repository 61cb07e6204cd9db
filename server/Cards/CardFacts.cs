using System.Text.Json.Serialization;
using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Cards;

/// <summary>A fact about cards that it names, of whichever folder: it belongs to their lives.</summary>
internal interface ICardFact : IFact
{
    IReadOnlyList<SerialRange> Cards { get; }
}

/// <summary>A range of blanks was handed over to an office, against a signed document.</summary>
internal sealed record BlanksReceived(string Region, SerialRange Serials, string Document) : ICardFact
{
    public const string Kind = "cards.blanks-received";

    public string Subject => "office/" + Region;

    public IReadOnlyList<SerialRange> Cards => [Serials];
}

/// <summary>Blanks went from their office's vault into the hopper of a station.</summary>
internal sealed record HopperLoaded(string StationId, string Region, IReadOnlyList<SerialRange> Serials) : ICardFact
{
    public const string Kind = "cards.hopper-loaded";

    public string Subject => "station/" + StationId;

    public IReadOnlyList<SerialRange> Cards => Serials;
}

/// <summary>A station's hopper was emptied back into the vault.</summary>
internal sealed record HopperUnloaded(string StationId, string Region, IReadOnlyList<SerialRange> Serials) : ICardFact
{
    public const string Kind = "cards.hopper-unloaded";

    public string Subject => "station/" + StationId;

    public IReadOnlyList<SerialRange> Cards => Serials;
}

/// <summary>Blanks left an office's vault for another office.</summary>
internal sealed record TransferSent(string TransferId, string Region, string ToOffice, IReadOnlyList<SerialRange> Serials, string Document) : ICardFact
{
    public const string Kind = "cards.transfer-sent";

    public string Subject => "transfer/" + TransferId;

    public IReadOnlyList<SerialRange> Cards => Serials;
}

/// <summary>A transfer arrived; what did not is missing. The region is the receiving office.</summary>
internal sealed record TransferReceived(
    string TransferId, string Region, string FromOffice, IReadOnlyList<SerialRange> Arrived, IReadOnlyList<SerialRange> Missing) : ICardFact
{
    public const string Kind = "cards.transfer-received";

    public string Subject => "transfer/" + TransferId;

    public IReadOnlyList<SerialRange> Cards => [.. Arrived, .. Missing];
}

/// <summary>A vault was counted: what the books had and it had not is missing, what was missing and lay there is back.</summary>
internal sealed record StockCounted(string Region, long Counted, IReadOnlyList<SerialRange> Missing, IReadOnlyList<SerialRange> Found) : ICardFact
{
    public const string Kind = "cards.stock-counted";

    public string Subject => "office/" + Region;

    public IReadOnlyList<SerialRange> Cards => [.. Missing, .. Found];
}

/// <summary>A citizen's card was taken back into custody. The office it was in the books of before is null where it was issued elsewhere.</summary>
internal sealed record CardWithdrawn(long Serial, string Region, InvalidReason Reason, string Note, string? FromOffice) : ICardFact
{
    public const string Kind = "cards.withdrawn";

    public string Subject => "card/" + Serial;

    public IReadOnlyList<SerialRange> Cards => [SerialRange.One(Serial)];
}

/// <summary>Spoiled cards went from their stations under the custodian's lock.</summary>
internal sealed record CustodyTaken(string Region, IReadOnlyList<SerialRange> Serials) : ICardFact
{
    public const string Kind = "cards.custody-taken";

    public string Subject => "office/" + Region;

    public IReadOnlyList<SerialRange> Cards => Serials;
}

/// <summary>A citizen got a letter instead of a card.</summary>
internal sealed record SuketIssued(string Number, string Region, string CitizenId, SuketCause Cause, DateTimeOffset ValidUntil) : IFact
{
    public const string Kind = "cards.suket-issued";

    public string Subject => "suket/" + Number;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(BlanksReceived))]
[JsonSerializable(typeof(HopperLoaded))]
[JsonSerializable(typeof(HopperUnloaded))]
[JsonSerializable(typeof(TransferSent))]
[JsonSerializable(typeof(TransferReceived))]
[JsonSerializable(typeof(StockCounted))]
[JsonSerializable(typeof(CardWithdrawn))]
[JsonSerializable(typeof(CustodyTaken))]
[JsonSerializable(typeof(SuketIssued))]
internal sealed partial class CardJson : JsonSerializerContext;
