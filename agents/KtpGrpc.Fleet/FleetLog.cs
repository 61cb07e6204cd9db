using Microsoft.Extensions.Logging;

namespace KtpGrpc.Fleet;

/// <summary>Warnings of all agents in one file, so that they neither break the screen nor get lost.</summary>
internal sealed class FleetLog : ILoggerProvider
{
    private readonly Lock _turn = new();
    private readonly StreamWriter _file;

    public FleetLog(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        _file = new StreamWriter(path, append: true) { AutoFlush = true };
    }

    public ILogger CreateLogger(string categoryName) => new Lines(this, categoryName);

    public void Dispose()
    {
        lock (_turn)
        {
            _file.Dispose();
        }
    }

    private sealed class Lines(FleetLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            lock (log._turn)
            {
                log._file.WriteLine($"{logLevel} {category}: {formatter(state, exception)} {exception?.GetType().Name} {exception?.Message}");
            }
        }
    }
}
