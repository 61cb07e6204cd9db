using Google.Protobuf.WellKnownTypes;
using Ktp.Scenario.V1;
using KtpGrpc.Fleet.Devices;
using KtpGrpc.Fleet.Plan;
using Microsoft.Extensions.Logging;

namespace KtpGrpc.Fleet.Run;

/// <summary>
/// Plays a scenario against a real server: the clock moves, then the office and the stations do what is due, then the
/// clock moves again. A slow machine makes a run longer, never different.
/// </summary>
internal sealed class LockStep : IAsyncDisposable
{
    private readonly FleetPlan _plan;
    private readonly ServerLink _server;
    private readonly ClockService.ClockServiceClient _clock;
    private readonly Stock _stock;
    private readonly PrintFeed _feed;
    private Custody? _custody;

    public LockStep(FleetPlan plan, ServerLink server, People people)
    {
        _plan = plan;
        _server = server;
        _clock = new ClockService.ClockServiceClient(server.Invoker);
        _stock = new Stock(plan, server);
        _feed = new PrintFeed(plan, server, AdvanceAsync);
        Stations =
        [
            .. plan.File.Stations.Zip(plan.StationIds)
                .Select(desk => new FleetStation(plan, desk.First, desk.Second, SimulatedKit.Of(plan, desk.First, desk.Second, people, Tally), server))
                .OrderBy(station => station.Id, StringComparer.Ordinal),
        ];
    }

    public PrintTally Tally { get; } = new();

    public IReadOnlyList<FleetStation> Stations { get; }

    public long BlanksHandedOver => _stock.Received;

    /// <summary>Spoiled cards under the custodian's lock, and those that he burnt, as counted by hand.</summary>
    public (long Kept, long Destroyed) SpoiledCards => (_custody?.Kept ?? 0, _custody?.Destroyed ?? 0);

    public async Task JoinAsync(FleetPlaces places, ILoggerFactory loggers, CancellationToken cancellation)
    {
        _custody = new Custody(_plan, _server, OfficePeople.Appoint(_server, places.Data, _plan.File.City));
        var registry = new Registry(_plan, _server);
        await registry.OpenBooksAsync(cancellation);
        foreach (var station in Stations)
        {
            await station.JoinAsync(places, await registry.TokenAsync(station, cancellation), loggers, cancellation);
        }
    }

    public async Task PlayAsync(Func<DateTimeOffset, Task> afterBeat, CancellationToken cancellation)
    {
        foreach (var now in _plan.Beats)
        {
            await _feed.ReleaseAsync(now, cancellation);
            await AdvanceAsync(now, cancellation);
            await _stock.TakeInAsync(now, cancellation);
            await _stock.FillHoppersAsync(Stations, now, cancellation);
            await Task.WhenAll(Stations.Select(station => station.WorkAsync(now, cancellation)));
            await BeatAsync(now, cancellation);
            await (_custody?.WorkAsync(Stations, now, cancellation) ?? Task.CompletedTask);
            await afterBeat(now);
        }

        // What fell due by then has run, and all news has arrived.
        await AdvanceAsync(_plan.End, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var station in Stations)
        {
            await station.DisposeAsync();
        }
    }

    private async Task AdvanceAsync(DateTimeOffset to, CancellationToken cancellation) =>
        await _server.CallAsync(options => _clock.AdvanceToAsync(new AdvanceToRequest { Time = to.ToTimestamp() }, options), cancellation);

    /// <summary>Stations that print share a queue, so they take their beat in the order of their codes; the others at once.</summary>
    private async Task BeatAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var others = Stations.Where(station => station.Printer is null).Select(station => station.BeatAsync(now, cancellation));
        await Task.WhenAll([PrintersInTurnAsync(now, cancellation), .. others]);
    }

    private async Task PrintersInTurnAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        foreach (var station in Stations.Where(station => station.Printer is not null))
        {
            await station.BeatAsync(now, cancellation);
        }
    }
}
