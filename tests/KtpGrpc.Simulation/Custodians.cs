using Ktp.Cards.V1;
using Ktp.Destruction.V1;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Simulation;

/// <summary>What custodians and their witnesses do: they take cards into custody and destroy them. Each method tells whether there was anything to do.</summary>
internal sealed class Custodians(World world)
{
    private const string Cards = "/ktp.cards.v1.CardService/";
    private const string Destruction = "/ktp.destruction.v1.DestructionService/";

    private readonly Caller _custodian = World.Person("custodian", Role.Custodian);
    private readonly Caller[] _witnesses = [World.Person("police", Role.Witness), World.Person("inspector", Role.Witness)];

    public bool TakeIntoCustody() => world.Serials("SELECT serial FROM cards WHERE state = 5 ORDER BY serial") is { Count: > 0 } spoiled
        && world.Chance.Of(spoiled) is var serial
        && world.Call<TakeIntoCustodyRequest, TakeIntoCustodyResponse>(
            Cards + "TakeIntoCustody", _custodian, new TakeIntoCustodyRequest { RequestId = world.NextRequest(), OfficeCode = OfficeOf(serial), Serials = { serial } });

    /// <summary>Takes a destruction a step on, or opens one where there is something to burn.</summary>
    public bool Destroy()
    {
        var office = world.Chance.Of(Machine.Offices);
        var kept = world.Serials($"SELECT serial FROM cards WHERE state = 7 AND office = '{office}' ORDER BY serial");
        if (world.Store.Look(tx => tx.FirstAsync<(string Id, long State)?>(
            "SELECT destruction_id, state FROM destructions WHERE office = $1 AND state <> 3 ORDER BY destruction_id DESC LIMIT 1",
            row => (row.GetString(0), row.GetInt64(1)), office)) is not var (id, state))
        {
            return kept.Count > 0 && world.Call<OpenDestructionRequest, OpenDestructionResponse>(Destruction + "OpenDestruction", _custodian, new OpenDestructionRequest
            {
                RequestId = world.NextRequest(),
                OfficeCode = office,
                Method = DestructionMethod.Fire,
                Place = "yard",
            });
        }

        var totals = world.Store.Look(tx => tx.ListAsync(
            "SELECT reason, cards FROM destruction_totals WHERE destruction_id = $1 AND cards > 0", row => new ReasonTotal { Reason = (InvalidReason)row.GetInt64(0), Cards = row.GetInt64(1) }, id));
        var listed = totals.Sum(total => total.Cards);
        return (state, world.Chance.Below(8)) switch
        {
            // Somebody opens a second one beside it.
            (_, 0) => world.Call<OpenDestructionRequest, OpenDestructionResponse>(
                Destruction + "OpenDestruction", _custodian, new OpenDestructionRequest { RequestId = world.NextRequest(), OfficeCode = office, Method = DestructionMethod.Shredder, Place = "yard" }),
            (1, 1) when listed > 0 => world.Call<UnlistCardsRequest, UnlistCardsResponse>(
                Destruction + "UnlistCards", _custodian, new UnlistCardsRequest { RequestId = world.NextRequest(), DestructionId = id, Serials = { world.Serials($"SELECT serial FROM cards WHERE destruction_id = '{id}' AND state = 8 LIMIT 1") } }),

            // A list may name what is on another list, too.
            (1, < 6) when kept.Count > 0 || world.Chance.OneIn(3) => world.Serials($"SELECT serial FROM cards WHERE state IN (7, 8) AND office = '{office}' ORDER BY state, serial LIMIT {1 + world.Chance.Below(3)}") is { Count: > 0 } some
                && world.Call<ListCardsRequest, ListCardsResponse>(Destruction + "ListCards", _custodian, new ListCardsRequest { RequestId = world.NextRequest(), DestructionId = id, Serials = { some } }),
            (1, _) => world.Call<CloseListRequest, CloseListResponse>(
                Destruction + "CloseList", _custodian, new CloseListRequest { RequestId = world.NextRequest(), DestructionId = id, Total = listed + (world.Chance.OneIn(6) ? 1 : 0), Totals = { totals } }),
            (_, 1) => world.Call<ReopenListRequest, ReopenListResponse>(Destruction + "ReopenList", _custodian, new ReopenListRequest { RequestId = world.NextRequest(), DestructionId = id, Reason = "one more" }),
            (_, < 3) => world.Call<SealDestructionRequest, SealDestructionResponse>(Destruction + "SealDestruction", _custodian, new SealDestructionRequest { RequestId = world.NextRequest(), DestructionId = id }),
            (_, 3) => Sign(id, _custodian, SignatoryRole.Custodian, listed),
            _ => Sign(id, world.Chance.OneIn(8) ? _custodian : world.Chance.Of(_witnesses), SignatoryRole.Witness, listed),
        };
    }

    private bool Sign(string id, Caller who, SignatoryRole role, long total) => world.Call<SignDestructionRequest, SignDestructionResponse>(Destruction + "SignDestruction", who, new SignDestructionRequest
    {
        RequestId = world.NextRequest(),
        DestructionId = id,
        Role = role,
        OnBehalfOf = who.Name,
        Total = total,
    });

    private string OfficeOf(long serial) => world.Store.Look(tx => tx.FirstAsync("SELECT office FROM cards WHERE serial = $1", row => row.GetString(0), serial))!;
}
