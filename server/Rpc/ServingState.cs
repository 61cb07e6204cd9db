using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Rpc;

/// <summary>
/// Whether this server can do its work: the database takes a transaction, looked at every second, and nobody has asked
/// the server to stop.
/// </summary>
internal sealed partial class ServingState : BackgroundService
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    /// <summary>A database that needs longer than this answers nobody in time.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);

    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly ILogger<ServingState> _logger;
    private readonly CancellationToken _stopping;
    private volatile bool _answers = true;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ServingState(Database database, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<ServingState> logger)
    {
        _database = database;
        _time = time;
        _logger = logger;
        _stopping = lifetime.ApplicationStopping;
        _stopping.Register(TellChanged);
    }

    public bool IsStopping => _stopping.IsCancellationRequested;

    public bool IsServing => _answers && !IsStopping;

    /// <summary>The next change; take it before looking, so that none is missed.</summary>
    public Task NextChange => Volatile.Read(ref _changed).Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var answers = await AnswersAsync(stoppingToken);
            if (answers != _answers)
            {
                _answers = answers;
                TellChanged();
            }

            await Task.Delay(_period, _time, stoppingToken);
        }
    }

    /// <summary>An empty write takes the way of every write, and costs the disk nothing.</summary>
    private async Task<bool> AnswersAsync(CancellationToken stopping)
    {
        using var late = new CancellationTokenSource(_patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        try
        {
            await _database.WriteAsync(tx => tx.NumberAsync("SELECT 1"), either.Token).WaitAsync(either.Token);
            return true;
        }
        catch (Exception fault) when (!stopping.IsCancellationRequested)
        {
            if (_answers)
            {
                LogSilent(_logger, fault);
            }

            return false;
        }
    }

    private void TellChanged() =>
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    [LoggerMessage(Level = LogLevel.Error, Message = "The database does not answer: this server tells its clients that it does not serve.")]
    private static partial void LogSilent(ILogger logger, Exception fault);
}
