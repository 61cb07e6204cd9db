namespace KtpGrpc.Server.Journal;

/// <summary>
/// A picture in memory, or an audience, that is kept up to date by following the journal: each process has its own, and it
/// hears also of what another server accepted. A database that goes away for a while delays it, and ends nothing.
/// </summary>
internal abstract partial class JournalFeed(JournalReader journal, TimeProvider time, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private long _position;

    /// <summary>The next fact it looks at.</summary>
    public long Position => Volatile.Read(ref _position);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // The head before the picture: a fact between them is taken twice, and none is missed.
        _position = await journal.GetHeadAsync(cancellationToken);
        await LoadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Takes the present picture, where there is one.</summary>
    protected virtual Task LoadAsync(CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Takes one fact; the same one comes again after a fault.</summary>
    protected abstract ValueTask TakeAsync(SealedFact fact, CancellationToken cancellation);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var fact in journal.FollowAsync(_position, stoppingToken))
                {
                    await TakeAsync(fact, stoppingToken);
                    Volatile.Write(ref _position, fact.Position + 1);
                }
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogFault(logger, GetType().Name, fault);
                await Task.Delay(_pause, time, stoppingToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Feed} cannot follow the journal; it goes on where it stands.")]
    private static partial void LogFault(ILogger logger, string feed, Exception fault);
}
