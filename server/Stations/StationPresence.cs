using System.Collections.Concurrent;

namespace KtpGrpc.Server.Stations;

/// <summary>Which stations have a session with this server now; the session says so itself.</summary>
internal sealed class StationPresence
{
    private readonly ConcurrentDictionary<StationId, int> _sessions = new();

    public bool IsConnected(StationId id) => _sessions.ContainsKey(id);

    public void Connected(StationId id) => _sessions.AddOrUpdate(id, 1, (_, sessions) => sessions + 1);

    public void Disconnected(StationId id)
    {
        if (_sessions.AddOrUpdate(id, 0, (_, sessions) => sessions - 1) <= 0)
        {
            _sessions.TryRemove(new KeyValuePair<StationId, int>(id, 0));
        }
    }
}
