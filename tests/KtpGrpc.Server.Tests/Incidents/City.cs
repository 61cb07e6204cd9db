using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Incidents.V1;
using Ktp.Journal.V1;
using KtpGrpc.Server.Tests.Health;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Incidents;

/// <summary>
/// Kota Kupang with six kits, in lock step: the clock moves, then the kits that are alive and reach the server speak, every
/// half hour from 08:00 to 15:00, Monday to Saturday.
/// </summary>
internal sealed class City : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2016, 8, 1, 0, 0, 0, TimeSpan.Zero);

    private const int BeatMinutes = 30;
    private const int OpenMinutes = 7 * 60;

    private readonly RunningServer _first;
    private RunningServer _server;
    private DateTimeOffset _next = Start;

    private City(RunningServer server) => _first = _server = server;

    public List<Kit> Kits { get; } = [];

    /// <summary>The kits that are dead, or whose office has no link.</summary>
    public HashSet<Kit> Mute { get; } = [];

    public CallInvoker Admin => _server.Admin;

    public RunningServer Server => _server;

    public static async Task<City> StartAsync(Engine engine, int kits = 6)
    {
        var city = new City(await RunningServer.StartAsync(engine, scenario: Start));
        string[] districts = [.. Enumerable.Range(1, kits).Select(number => $"53.71.0{number}")];
        await city._server.PutRegionsAsync(districts);
        foreach (var district in districts)
        {
            city.Kits.Add(new Kit(city._server, (await city._server.JoinAsync(district)).Id));
        }

        return city;
    }

    /// <summary>Lives until a day, of which it sees nothing; <paramref name="before"/> may change who is mute at each step.</summary>
    public async Task LiveUntilAsync(DateTimeOffset end, Action<DateTimeOffset>? before = null)
    {
        for (; _next < end; _next = After(_next))
        {
            await _server.AdvanceAsync(_next);
            before?.Invoke(_next);
            foreach (var kit in Kits.Where(kit => !Mute.Contains(kit)))
            {
                if (_next == Start)
                {
                    await kit.HelloAsync(_next);
                }

                await kit.BeatAsync(_next);
            }
        }

        await AdvanceAsync(_next);
    }

    /// <summary>Moves the clock alone.</summary>
    public Task AdvanceAsync(DateTimeOffset time) => _server.AdvanceAsync(time);

    public async Task<List<Incident>> IncidentsAsync(bool openOnly = false) =>
        [.. (await new IncidentService.IncidentServiceClient(_server.Admin).ListIncidentsAsync(new ListIncidentsRequest { RegionCode = "53.71", OpenOnly = openOnly, PageSize = 1000 })).Incidents];

    public async Task VerifyAsync() =>
        Assert.Empty((await new JournalService.JournalServiceClient(_server.Admin).VerifyJournalAsync(new VerifyJournalRequest())).Faults);

    /// <summary>The server goes and comes back on its data; the kits say hello again.</summary>
    public async Task RestartAsync()
    {
        _server = await _server.RestartAsync();
        foreach (var kit in Kits)
        {
            kit.Server = _server;
            if (!Mute.Contains(kit))
            {
                await kit.HelloAsync(_next.AddMinutes(-BeatMinutes));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        if (_server != _first)
        {
            await _first.DisposeAsync();
        }
    }

    private static DateTimeOffset After(DateTimeOffset beat)
    {
        var next = beat.AddMinutes(BeatMinutes);
        if ((next - next.UtcDateTime.Date).TotalMinutes <= OpenMinutes)
        {
            return next;
        }

        var day = new DateTimeOffset(beat.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
        return day.DayOfWeek == DayOfWeek.Sunday ? day.AddDays(1) : day;
    }
}
