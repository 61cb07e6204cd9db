namespace KtpGrpc.Server.Clock;

/// <summary>
/// Work that a feature does at intervals of domain time. It is a function of the moment, never of the number of calls:
/// after a night, or a stall of the process, one call does what many would have done.
/// </summary>
internal sealed record DomainTimer(string Name, TimeSpan Period, Func<DateTimeOffset, CancellationToken, Task> RunAsync);
