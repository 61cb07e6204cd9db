using System.Text.Json.Serialization;
using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Destruction;

/// <summary>Cards of one reason.</summary>
internal sealed record ReasonSerials(InvalidReason Reason, IReadOnlyList<SerialRange> Serials);

/// <summary>A custodian opened a destruction.</summary>
internal sealed record DestructionOpened(string DestructionId, string Region, DestructionMethod Method, string Place, string OpenedBy) : IFact
{
    public const string Kind = "destruction.opened";

    public string Subject => DestructionFold.SubjectOf(DestructionId);
}

/// <summary>Cards went from custody onto the list.</summary>
internal sealed record CardsListed(string DestructionId, string Region, IReadOnlyList<ReasonSerials> Listed) : ICardFact
{
    public const string Kind = "destruction.cards-listed";

    public string Subject => DestructionFold.SubjectOf(DestructionId);

    public IReadOnlyList<SerialRange> Cards => [.. Listed.SelectMany(reason => reason.Serials)];
}

/// <summary>Cards went from the list back into custody.</summary>
internal sealed record CardsUnlisted(string DestructionId, string Region, IReadOnlyList<ReasonSerials> Unlisted) : ICardFact
{
    public const string Kind = "destruction.cards-unlisted";

    public string Subject => DestructionFold.SubjectOf(DestructionId);

    public IReadOnlyList<SerialRange> Cards => [.. Unlisted.SelectMany(reason => reason.Serials)];
}

/// <summary>The list was closed with totals that add up; from here on its SHA-256 stands.</summary>
internal sealed record ListClosed(string DestructionId, string Region, string ClosedBy, IReadOnlyList<ReasonTotal> Totals, string ListSha256) : IFact
{
    public const string Kind = "destruction.list-closed";

    public string Subject => DestructionFold.SubjectOf(DestructionId);
}

/// <summary>The closed list was given up; signatures are void.</summary>
internal sealed record ListReopened(string DestructionId, string Region, string Reason) : IFact
{
    public const string Kind = "destruction.list-reopened";

    public string Subject => DestructionFold.SubjectOf(DestructionId);
}

/// <summary>Somebody signed the list that has this SHA-256, and counted so many cards.</summary>
internal sealed record DestructionSigned(
    string DestructionId, string Region, string Operator, SignatoryRole Role, string OnBehalfOf, long Counted, string ListSha256) : IFact
{
    public const string Kind = "destruction.signed";

    public string Subject => DestructionFold.SubjectOf(DestructionId);
}

/// <summary>Cards of the list are destroyed; comes with the sealing, whose record it names, in as many facts as it takes.</summary>
internal sealed record CardsDestroyed(string DestructionId, string Region, string Number, string RecordSha256, IReadOnlyList<SerialRange> Serials) : ICardFact
{
    public const string Kind = "destruction.cards-destroyed";

    public string Subject => DestructionFold.SubjectOf(DestructionId);

    public IReadOnlyList<SerialRange> Cards => Serials;
}

/// <summary>
/// A destruction ended for ever. The record's first line and the signature of its file are here byte for byte; its other lines
/// are the cards, whose SHA-256 the first line holds.
/// </summary>
internal sealed record DestructionSealed(string DestructionId, string Region, string Number, string Record, string PublicKey, string Signature) : IFact
{
    public const string Kind = "destruction.sealed";

    public string Subject => DestructionFold.SubjectOf(DestructionId);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(DestructionOpened))]
[JsonSerializable(typeof(CardsListed))]
[JsonSerializable(typeof(CardsUnlisted))]
[JsonSerializable(typeof(ListClosed))]
[JsonSerializable(typeof(ListReopened))]
[JsonSerializable(typeof(DestructionSigned))]
[JsonSerializable(typeof(CardsDestroyed))]
[JsonSerializable(typeof(DestructionSealed))]
internal sealed partial class DestructionJson : JsonSerializerContext;
