using System.Globalization;
using System.Threading.RateLimiting;
using Grpc.Core;

namespace KtpGrpc.Server.Session;

/// <summary>Lets only so many sessions in per second; the rest is told when to come back, spread by chance.</summary>
internal sealed class SessionGate(SessionOptions options) : IDisposable
{
    public const string ReconnectAfterTrailer = "ktp-reconnect-after";

    private readonly TokenBucketRateLimiter _tokens = new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = 2 * options.OpenedPerSecond,
        TokensPerPeriod = Math.Max(1, options.OpenedPerSecond / 10),
        ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
        QueueLimit = 0,
    });

    public void Enter()
    {
        using var lease = _tokens.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            var seconds = Random.Shared.Next(1, 16).ToString(CultureInfo.InvariantCulture);
            throw new RpcException(
                new Status(StatusCode.ResourceExhausted, $"Too many sessions are opened at once: come back in {seconds} seconds."),
                new Metadata { { ReconnectAfterTrailer, seconds } });
        }
    }

    public void Dispose() => _tokens.Dispose();
}
