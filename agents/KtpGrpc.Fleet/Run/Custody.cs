using Ktp.Cards.V1;
using Ktp.Destruction.V1;
using KtpGrpc.Fleet.Devices;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Run;

/// <summary>
/// An office's custodian: fetches the spoiled cards from the desks each month and keeps them under lock; once, where the scenario
/// says so, burns them before two witnesses. What is counted here is counted by hand, card for card.
/// </summary>
internal sealed class Custody(FleetPlan plan, ServerLink server, OfficePeople people, string office)
{
    private readonly CardService.CardServiceClient _cards = new(people.Custodian);
    private readonly DestructionService.DestructionServiceClient _destruction = new(people.Custodian);

    /// <summary>Cards in the hand of which the books do not say yet that they are spoiled.</summary>
    private readonly List<SpoiledCard> _unclear = [];

    private readonly List<SpoiledCard> _kept = [];
    private DateOnly _fetchedIn = FirstOf(DateOnly.FromDateTime(plan.File.UtcOffset.Local(plan.Start)));
    private bool _burnt;

    /// <summary>Cards under lock.</summary>
    public long Kept => _kept.Count;

    public long Destroyed { get; private set; }

    public async Task WorkAsync(IEnumerable<FleetStation> stations, DateTimeOffset now, CancellationToken cancellation)
    {
        var day = plan.Calendar.DayOf(now);
        var burns = plan.File.Destruction is { } planned && !_burnt && planned.At.At(plan.File.UtcOffset) < now.AddMinutes(plan.File.BeatMinutes);
        if (FirstOf(day) > _fetchedIn || burns)
        {
            await FetchAsync(stations, day, cancellation);
            _fetchedIn = FirstOf(day);
        }

        if (burns)
        {
            await DestroyAsync(plan.File.Destruction!, cancellation);
            _burnt = true;
        }
    }

    private static DateOnly FirstOf(DateOnly day) => new(day.Year, day.Month, 1);

    /// <summary>A desk that burnt, or was struck, has nothing more to fetch.</summary>
    private async Task FetchAsync(IEnumerable<FleetStation> stations, DateOnly day, CancellationToken cancellation)
    {
        _unclear.AddRange(stations.Where(station => !station.IsSilent).SelectMany(station => station.Printer?.EmptyBin() ?? []));
        var clear = new List<SpoiledCard>();
        foreach (var card in _unclear.OrderBy(card => card.Serial))
        {
            var books = await server.CallAsync(options => _cards.GetCardAsync(new GetCardRequest { Serial = card.Serial }, options), cancellation);
            if (books.Card.State == CardState.Spoiled)
            {
                clear.Add(card);
            }
        }

        if (clear.Count > 0)
        {
            var take = new TakeIntoCustodyRequest { RequestId = $"fleet-custody-{office}-{day:yyyy-MM-dd}", OfficeCode = office, Serials = { clear.Select(card => card.Serial) } };
            await server.CallAsync(options => _cards.TakeIntoCustodyAsync(take, options), cancellation);
            _kept.AddRange(clear);
            _unclear.RemoveAll(clear.Contains);
        }
    }

    private async Task DestroyAsync(ScenarioDestruction planned, CancellationToken cancellation)
    {
        if (_kept.Count == 0)
        {
            return;
        }

        var open = new OpenDestructionRequest { RequestId = $"fleet-destruction-open-{office}", OfficeCode = office, Method = planned.Method, Place = planned.Place };
        var id = (await server.CallAsync(options => _destruction.OpenDestructionAsync(open, options), cancellation)).Destruction.DestructionId;
        var list = new ListCardsRequest { RequestId = $"fleet-destruction-list-{office}", DestructionId = id, Serials = { _kept.Select(card => card.Serial) } };
        await server.CallAsync(options => _destruction.ListCardsAsync(list, options), cancellation);
        var close = new CloseListRequest
        {
            RequestId = $"fleet-destruction-close-{office}",
            DestructionId = id,
            Total = _kept.Count,
            Totals = { _kept.GroupBy(card => card.Reason).OrderBy(pile => pile.Key).Select(pile => new ReasonTotal { Reason = pile.Key, Cards = pile.Count() }) },
        };
        await server.CallAsync(options => _destruction.CloseListAsync(close, options), cancellation);
        await SignAsync(_destruction, id, SignatoryRole.Custodian, "Dinas Dukcapil", cancellation);
        foreach (var (witness, body) in people.Witnesses.Zip(["Satpol PP", "Inspektorat"]))
        {
            await SignAsync(new DestructionService.DestructionServiceClient(witness), id, SignatoryRole.Witness, body, cancellation);
        }

        var seal = new SealDestructionRequest { RequestId = $"fleet-destruction-seal-{office}", DestructionId = id };
        await server.CallAsync(options => _destruction.SealDestructionAsync(seal, options), cancellation);
        Destroyed += _kept.Count;
        _kept.Clear();
    }

    /// <summary>Each signs for the number that he counted.</summary>
    private async Task SignAsync(DestructionService.DestructionServiceClient by, string id, SignatoryRole role, string onBehalfOf, CancellationToken cancellation)
    {
        var sign = new SignDestructionRequest { RequestId = $"fleet-destruction-sign-{office}-{onBehalfOf}", DestructionId = id, Role = role, OnBehalfOf = onBehalfOf, Total = _kept.Count };
        await server.CallAsync(options => by.SignDestructionAsync(sign, options), cancellation);
    }
}
