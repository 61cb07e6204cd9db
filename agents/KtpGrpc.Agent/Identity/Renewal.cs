using KtpGrpc.Agent.Session;
using Microsoft.Extensions.Logging;

namespace KtpGrpc.Agent.Identity;

/// <summary>
/// Renews the station's certificate when half of its life is over. While the present one holds, a renewal that fails stops
/// nothing and is tried again later.
/// </summary>
internal sealed partial class Renewal(AgentOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan _again = TimeSpan.FromMinutes(10);

    private readonly double _chance = Random.Shared.NextDouble();
    private long? _failedAt;

    /// <summary>The renewed identity, or null where none is due or none was to be had.</summary>
    public async Task<StationIdentity?> RunDueAsync(StationIdentity identity, DateTimeOffset now, CancellationToken cancellation)
    {
        var hasExpired = now >= identity.Certificate.NotAfter.ToUniversalTime();
        if (now < Joining.RenewalDue(identity.Certificate, _chance) || (!hasExpired && _failedAt is { } at && time.GetElapsedTime(at) < _again))
        {
            return null;
        }

        try
        {
            var renewed = await Joining.RenewAsync(identity, options, time, cancellation);
            _failedAt = null;
            return renewed;
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested && !hasExpired && Trouble.Of(fault) is not null)
        {
            _failedAt = time.GetTimestamp();
            LogFailed(logger, identity.Station, Trouble.Of(fault)!, _again);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Station}: the certificate holds, and could not be renewed ({Trouble}); next try in {Delay}.")]
    private static partial void LogFailed(ILogger logger, StationId station, Trouble trouble, TimeSpan delay);
}
