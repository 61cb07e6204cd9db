using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace KtpGrpc.Testing;

/// <summary>Keeps what a server logs as an error, so that a test cannot pass over one that it did not declare.</summary>
internal sealed class ErrorLog : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _seen = new();

    public ConcurrentBag<string> Expected { get; } = [];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void ThrowOnUnexpected()
    {
        var unexpected = _seen.Where(message => !Expected.Any(text => message.Contains(text, StringComparison.Ordinal))).ToList();
        if (unexpected.Count > 0)
        {
            throw new InvalidOperationException($"The server logged {unexpected.Count} error(s) that the test did not declare: {string.Join(Environment.NewLine, unexpected)}");
        }
    }

    public void Dispose()
    {
    }

    private sealed class Logger(ErrorLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && !IsCallersLeave(exception))
            {
                log._seen.Enqueue($"{category}: {formatter(state, exception)} {exception}");
            }
        }

        /// <summary>The engine logs it as an error when a caller leaves before his request was read; it is none of the server's.</summary>
        private static bool IsCallersLeave(Exception? exception) => exception is IOException { Message: "The client reset the request stream." };
    }
}
