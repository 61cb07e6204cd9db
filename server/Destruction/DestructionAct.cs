using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Destruction;

/// <summary>Where a destruction stands; numbered like the wire's enum.</summary>
internal enum DestructionState
{
    Open = 1,

    /// <summary>The list stands and is being signed.</summary>
    Closed = 2,
    Sealed = 3,
}

/// <summary>How the cards end; numbered like the wire's enum.</summary>
internal enum DestructionMethod
{
    Fire = 1,
    MeltingMachine = 2,
    Shredder = 3,
}

/// <summary>As what somebody signs; numbered like the wire's enum.</summary>
internal enum SignatoryRole
{
    Custodian = 1,
    Witness = 2,
}

/// <summary>Somebody who signed the list with its SHA-256, stating what he counted.</summary>
internal sealed record Signatory(string Operator, SignatoryRole Role, string OnBehalfOf, long Counted, string ListSha256, DateTimeOffset SignedAt);

/// <summary>How many cards for which reason.</summary>
internal sealed record ReasonTotal(InvalidReason Reason, long Cards);

/// <summary>One destruction: the witnessed end of cards that are good for nothing any more.</summary>
internal sealed record DestructionAct(
    string Id, RegionCode Office, DestructionState State, DestructionMethod Method, string Place, DateTimeOffset OpenedAt, string OpenedBy)
{
    public DateTimeOffset? ClosedAt { get; init; }

    public string? ClosedBy { get; init; }

    /// <summary>Of the card lines, in hex; null while the list is open.</summary>
    public string? ListSha256 { get; init; }

    public DateTimeOffset? SealedAt { get; init; }

    /// <summary>OFFICE/YEAR/RUNNING NUMBER; null before it is sealed.</summary>
    public string? Number { get; init; }

    /// <summary>The record's first line, without its end; null before it is sealed.</summary>
    public string? Record { get; init; }

    /// <summary>The signature of the record's file, as it was made at the sealing.</summary>
    public FileSignature? Signature { get; init; }

    /// <summary>As listed, by reason; none of zero.</summary>
    public IReadOnlyList<ReasonTotal> Totals { get; init; } = [];

    /// <summary>In the order in which they signed.</summary>
    public IReadOnlyList<Signatory> Signatories { get; init; } = [];

    public long Cards => Totals.Sum(total => total.Cards);
}
