using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Journal;

/// <summary>
/// Somebody who takes news from the journal: each fact of the wanted types once, in order, in one transaction with what
/// he makes of it, after any crash.
/// </summary>
internal sealed record Follower(string Name, IReadOnlySet<string> Kinds, Func<Tx, SealedFact, IFact, ValueTask> HandleAsync);
