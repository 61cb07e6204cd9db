using Ktp.Incidents.V1;
using KtpGrpc.Functional.Printing;
using KtpGrpc.Testing;

namespace KtpGrpc.Functional.Silence;

/// <summary>
/// A regency behind one uplink, and stations elsewhere, in lock step: each five seconds of a Monday morning the clock moves, then
/// those speak that live.
/// </summary>
internal sealed class Fleet : IAsyncDisposable
{
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    private const int JoinedAtOnce = 8;

    private static readonly DateTimeOffset _start = new(2016, 8, 1, 1, 0, 0, TimeSpan.Zero);

    private readonly RunningServer _first;
    private readonly TcpProxy _uplink;
    private readonly HashSet<BeatingStation> _lost = [];
    private readonly HashSet<BeatingStation> _mute = [];

    private Fleet(RunningServer server) => (_first, Server, _uplink) = (server, server, new TcpProxy(server.ControlAddress));

    public RunningServer Server { get; private set; }

    public DateTimeOffset Now { get; private set; } = _start;

    /// <summary>The stations of the regency.</summary>
    public List<BeatingStation> Regency { get; } = [];

    public List<BeatingStation> Elsewhere { get; } = [];

    private IEnumerable<BeatingStation> All => Regency.Concat(Elsewhere);

    public static async Task<Fleet> StartAsync(int regency, int elsewhere)
    {
        var fleet = new Fleet(await RunningServer.StartAsync(scenario: _start));
        string[] districts = [.. Enumerable.Range(0, regency).Select(i => $"53.71.{1 + i % 6:00}"), .. Enumerable.Range(0, elsewhere).Select(i => $"53.{1 + i % 12:00}.01")];
        await fleet.Server.PutRegionsAsync([.. districts.Distinct()]);
        var stations = new BeatingStation[districts.Length];
        await Parallel.ForAsync(0, districts.Length, new ParallelOptions { MaxDegreeOfParallelism = JoinedAtOnce }, async (i, _) =>
            stations[i] = new BeatingStation(await fleet.Server.JoinAsync(districts[i]), fleet.Server.Authority));
        fleet.Regency.AddRange(stations[..regency]);
        fleet.Elsewhere.AddRange(stations[regency..]);
        await fleet.OpenAsync(fleet.All);
        return fleet;
    }

    /// <summary>Time passes, and whoever can speaks.</summary>
    public async Task LiveAsync(TimeSpan time)
    {
        for (var end = Now + time; Now < end;)
        {
            await JumpAsync(Beat);
            await EachAsync(All.Where(station => !_mute.Contains(station)), station => _lost.Contains(station) ? station.SendAsync(Now) : station.BeatAsync(Now));
        }
    }

    /// <summary>Time passes in which nobody is heard.</summary>
    public async Task JumpAsync(TimeSpan time)
    {
        Now += time;
        await Server.AdvanceAsync(Now);
    }

    /// <summary>The uplink is gone: its connections break, or all that is said is lost and nobody is told.</summary>
    public void LoseUplink(bool broken)
    {
        if (broken)
        {
            _uplink.Cut();
            _mute.UnionWith(Regency);
        }
        else
        {
            _uplink.LoseAll();
            _lost.UnionWith(Regency);
        }
    }

    /// <summary>The uplink is back; some come back at once, and beat again.</summary>
    public async Task ReturnAsync(params IEnumerable<BeatingStation> stations)
    {
        if (_lost.Count > 0)
        {
            _uplink.Cut();
            _mute.UnionWith(_lost);
            _lost.Clear();
        }

        var back = stations.ToList();
        await OpenAsync(back);
        _mute.ExceptWith(back);
    }

    /// <summary>The server stops, and another goes on with its data; nobody is connected yet.</summary>
    public async Task RestartAsync()
    {
        Server = await Server.RestartAsync();
        _uplink.Target = Server.ControlAddress;
        _mute.UnionWith(All);
    }

    public void Mute(params IEnumerable<BeatingStation> stations) => _mute.UnionWith(stations);

    public async Task<List<Incident>> IncidentsAsync() =>
        [.. (await new IncidentService.IncidentServiceClient(Server.Admin).ListIncidentsAsync(new ListIncidentsRequest { PageSize = 1000 })).Incidents];

    public async ValueTask DisposeAsync()
    {
        foreach (var station in All)
        {
            await station.DisposeAsync();
        }

        _uplink.Dispose();
        await Server.DisposeAsync();
        await _first.DisposeAsync();
    }

    private Task OpenAsync(IEnumerable<BeatingStation> stations) =>
        EachAsync(stations, station => station.OpenAsync(Regency.Contains(station) ? _uplink.Address : Server.ControlAddress));

    private static Task EachAsync(IEnumerable<BeatingStation> stations, Func<BeatingStation, Task> act) =>
        Parallel.ForEachAsync(stations, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (station, _) => await act(station));
}
