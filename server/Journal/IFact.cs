namespace KtpGrpc.Server.Journal;

/// <summary>
/// Something that became true: an immutable record of plain values, kept for ever as JSON, owned by the folder that
/// writes it. It names a citizen only by CitizenId. Its kind, a constant beside it, is folder and event
/// (<c>cards.blanks-received</c>) and is never renamed.
/// </summary>
internal interface IFact
{
    /// <summary>What it is about: <c>station/53.71.04-1</c>.</summary>
    string Subject { get; }

    /// <summary>The code of the region it happened in; empty for the country.</summary>
    string Region { get; }
}
