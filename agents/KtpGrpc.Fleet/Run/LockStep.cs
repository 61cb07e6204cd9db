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
    private readonly IReadOnlyList<Stock> _stocks;
    private readonly PrintFeed _feed;
    private readonly IReadOnlyList<IReadOnlyList<FleetStation>> _byOffice;
    private IReadOnlyList<Custody> _custodies = [];

    public LockStep(FleetPlan plan, ServerLink server, People people)
    {
        _plan = plan;
        _server = server;
        _clock = new ClockService.ClockServiceClient(server.Invoker);
        _stocks = [.. plan.Offices.Select(office => new Stock(plan, server, office))];
        _feed = new PrintFeed(plan, server, AdvanceAsync);
        Stations =
        [
            .. plan.File.Stations.Zip(plan.StationIds)
                .Select(desk => new FleetStation(plan, desk.First, desk.Second, SimulatedKit.Of(plan, desk.First, desk.Second, people, Tally), server))
                .OrderBy(station => station.Id, StringComparer.Ordinal),
        ];
        _byOffice = [.. plan.Offices.Select(office => Stations.Where(station => station.Id.StartsWith(office, StringComparison.Ordinal)).ToList())];
    }

    public PrintTally Tally { get; } = new();

    public IReadOnlyList<FleetStation> Stations { get; }

    /// <summary>Null where the scenario has nobody who repairs.</summary>
    public Technicians? Technicians { get; private set; }

    public long BlanksHandedOver => _stocks.Sum(stock => stock.Received);

    /// <summary>Spoiled cards under the custodian's lock, and those that he burnt, as counted by hand.</summary>
    public (long Kept, long Destroyed) SpoiledCards => (_custodies.Sum(custody => custody.Kept), _custodies.Sum(custody => custody.Destroyed));

    public async Task JoinAsync(FleetPlaces places, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var people = OfficePeople.Appoint(_server, places.Data, _plan.File.City, _plan.File.Province?.Repairs.Technicians ?? 0);
        _custodies = [.. _plan.Offices.Select(office => new Custody(_plan, _server, people, office))];
        Technicians = _plan.File.Province is null ? null : new Technicians(_plan, new RepairCalls(_server, people, _plan.File.City), Stations);
        var registry = new Registry(_plan, _server);
        await registry.OpenBooksAsync(cancellation);
        foreach (var station in Stations)
        {
            await station.JoinAsync(places, await registry.TokenAsync(station, cancellation), loggers, cancellation);
        }
    }

    public async Task PlayAsync(Func<DateTimeOffset, Task> afterBeat, CancellationToken cancellation)
    {
        var at = _plan.Start;
        foreach (var now in _plan.Beats)
        {
            foreach (var hour in _plan.Calendar.HolidayHours(at, now))
            {
                // Nobody comes to the office; the server lives through the day, and is to blame nobody for it.
                await AdvanceAsync(hour, cancellation);
            }

            at = now;
            await _feed.ReleaseAsync(now, cancellation);
            await AdvanceAsync(now, cancellation);
            await (Technicians?.WorkAsync(now, cancellation) ?? Task.CompletedTask);
            await Task.WhenAll(_stocks.Zip(_byOffice, (stock, stations) => StockAsync(stock, stations, now, cancellation)));
            await Task.WhenAll(Stations.Select(station => station.WorkAsync(now, cancellation)));
            await BeatAsync(now, cancellation);
            await Task.WhenAll(_custodies.Zip(_byOffice, (custody, stations) => custody.WorkAsync(stations, now, cancellation)));
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

    private static async Task StockAsync(Stock stock, IReadOnlyList<FleetStation> stations, DateTimeOffset now, CancellationToken cancellation)
    {
        await stock.TakeInAsync(now, cancellation);
        await stock.FillHoppersAsync(stations, now, cancellation);
    }

    /// <summary>Stations of an office that print share a queue, so they take their beat in the order of their codes; the others at once.</summary>
    private async Task BeatAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var others = Stations.Where(station => station.Printer is null).Select(station => station.BeatAsync(now, cancellation));
        await Task.WhenAll([.. _byOffice.Select(stations => PrintersInTurnAsync(stations, now, cancellation)), .. others]);
    }

    private static async Task PrintersInTurnAsync(IReadOnlyList<FleetStation> stations, DateTimeOffset now, CancellationToken cancellation)
    {
        foreach (var station in stations.Where(station => station.Printer is not null))
        {
            await station.BeatAsync(now, cancellation);
        }
    }
}
