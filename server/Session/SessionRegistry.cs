using System.Collections.Concurrent;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Session.V1;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Session;

/// <summary>
/// The open sessions, one per station: it decides between two that claim the same, ends those whose station is shut out,
/// and sends all away when the server leaves.
/// </summary>
internal sealed partial class SessionRegistry(
    StationDirectory directory, StationPresence presence, Database database, JournalWriter journal, DomainClock clock, SessionOptions options,
    TimeProvider time, IHostApplicationLifetime lifetime, ILogger<SessionRegistry> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<StationId, AgentSession> _sessions = new();

    private int _asking;

    /// <summary>How many newcomers wait for the answer of the one that has their station.</summary>
    public int Asking => Volatile.Read(ref _asking);

    /// <summary>
    /// Gives the station to this session. The one that had it is probed, unless it is the same process coming back: no
    /// answer, and it is replaced silently; an answer, and the new one is refused, with a fact that becomes an incident.
    /// </summary>
    public async Task OpenAsync(AgentSession session, byte[] instanceId, CancellationToken cancellation)
    {
        while (!_sessions.TryAdd(session.Station, session))
        {
            if (!_sessions.TryGetValue(session.Station, out var other))
            {
                continue;
            }

            if (!other.IsInstance(instanceId) && await IsAliveAsync(other, cancellation))
            {
                LogClone(logger, session.Station);
                var now = clock.Now;
                await database.WriteAsync(async tx => await journal.AcceptAsync(
                    tx, now, "server", new StationCloneRefused(session.Station.Value, session.Station.Region.Value)), cancellation);
                throw Refuse.Exists($"Another agent of station {session.Station} is alive. Quarantine the station if this one is the true one.");
            }

            if (_sessions.TryUpdate(session.Station, session, other))
            {
                other.End(StatusCode.Unavailable, "Another connection of this station took over.");
                break;
            }
        }

        presence.Connected(session.Station);
        Tell(session.Station);
    }

    public void Close(AgentSession session)
    {
        presence.Disconnected(session.Station);
        _sessions.TryRemove(new KeyValuePair<StationId, AgentSession>(session.Station, session));
        Tell(session.Station);
    }

    /// <summary>A session may not outlive the certificate it was opened with.</summary>
    public void EndExpired()
    {
        var now = time.GetUtcNow();
        foreach (var session in _sessions.Values.Where(session => session.CertificateNotAfter <= now))
        {
            session.End(StatusCode.Unauthenticated, "The certificate of this session expired: renew it and connect again.");
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var expired = time.CreateTimer(_ => EndExpired(), null, options.LookAfter, options.LookAfter);
        using var leaving = lifetime.ApplicationStopping.Register(SendAllAway);
        while (!stoppingToken.IsCancellationRequested)
        {
            using var subscription = directory.Watchers.Subscribe();
            foreach (var id in _sessions.Keys)
            {
                EndWhereShutOut(directory.Find(id));
            }

            try
            {
                await foreach (var station in subscription.ChangesAsync(stoppingToken))
                {
                    EndWhereShutOut(station);
                }
            }
            catch (RpcException)
            {
                // It fell behind: again, from a new picture.
            }
        }
    }

    private async Task<bool> IsAliveAsync(AgentSession other, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _asking);
        try
        {
            return await other.ProbeAsync(cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _asking);
        }
    }

    private void EndWhereShutOut(Station? station)
    {
        if (station is not null && station.Standing != StationStanding.Active && _sessions.TryGetValue(station.Id, out var session))
        {
            session.End(StatusCode.PermissionDenied, $"Station {station.Id} is {station.Standing.ToString().ToLowerInvariant()}.");
        }
    }

    /// <summary>Spread over the time that letting them in again takes, so that they do not come back as one wave.</summary>
    private void SendAllAway()
    {
        var spread = TimeSpan.FromSeconds(1 + 2.0 * _sessions.Count / options.OpenedPerSecond);
        foreach (var session in _sessions.Values)
        {
            session.SendAway(new ConnectResponse
            {
                ReconnectAfter = new ReconnectAfter { Delay = (spread * Random.Shared.NextDouble()).ToDuration(), Reason = "The server stops." },
            });
        }

        _ = EndThoseLeftAsync();
    }

    /// <summary>
    /// Who has read why closes his side, and is gone. A connection that the server closes first may be reset by what the agent sends
    /// meanwhile, and then what it has not read yet is lost with it.
    /// </summary>
    private async Task EndThoseLeftAsync()
    {
        await Task.Delay(options.LeaveWithin, TimeProvider.System);
        foreach (var session in _sessions.Values)
        {
            session.End(StatusCode.Unavailable, "The server stops.");
        }
    }

    private void Tell(StationId id)
    {
        if (directory.Find(id) is { } station)
        {
            directory.Watchers.Tell(station);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A second agent of station {Station} was refused.")]
    private static partial void LogClone(ILogger logger, StationId station);
}
