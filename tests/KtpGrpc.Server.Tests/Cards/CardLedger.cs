using Grpc.Core;
using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Cards;

internal enum CardStepKind
{
    Receive,
    Load,
    Unload,
    Feed,
    Print,
    Spoil,
    GiveBack,
    Lose,
    Send,
    Arrive,
    Count,
    Withdraw,
    WithdrawForeign,
    Keep,
    List,
    Unlist,
    Destroy,
}

/// <summary>Something that happens to cards; what the numbers mean depends on the kind.</summary>
internal sealed record CardStep(CardStepKind Kind, int Number, int Other);

/// <summary>Two offices with two stations each, on the real rules and SQL in memory, beside a second count of every card.</summary>
internal sealed class CardLedger : IDisposable
{
    private static readonly RegionCode[] _offices = [RegionCode.Trusted("53.71"), RegionCode.Trusted("53.72")];
    private static readonly StationId[] _stations = [.. _offices.SelectMany(office => new[] { StationId.Trusted($"{office}.01-1"), StationId.Trusted($"{office}.02-1") })];
    private static readonly DateTimeOffset _now = DateTimeOffset.UnixEpoch.AddYears(47);
    private static readonly Caller _admin = new(CallerKind.Operator, "admin", Role.Admin, RegionCode.Country);

    private readonly FactCatalog _catalog = new([new FactCatalogPart(StationStore.AddTo), new FactCatalogPart(CardFold.AddTo), new FactCatalogPart(MovedFact.AddTo)]);
    private readonly SqliteDatabase _database = new(":memory:", TimeProvider.System);
    private readonly JournalWriter _journal;
    private readonly Vault _vault;
    private readonly Transfers _transfers;
    private readonly Custody _custody;
    private long _highest;
    private long _foreign = 1_000_000;

    public CardLedger()
    {
        _journal = new JournalWriter(_catalog, new JournalSignals());
        (_vault, _transfers, _custody) = (new Vault(_journal), new Transfers(_journal), new Custody(_journal));
        Migrator.MigrateAsync(_database, CancellationToken.None).GetAwaiter().GetResult();
        Run(async tx =>
        {
            await AcceptAsync(tx, new RegionsPut("", [.. _offices.Select(office => new RegionsPut.Entry(office.Value, "Office"))]));
            foreach (var station in _stations)
            {
                await AcceptAsync(tx, new StationJoined(station.Value, station.Region.Value, "Desk", [1], _now));
            }

            return true;
        });
    }

    /// <summary>False where the rules refused it.</summary>
    public bool Do(CardStep step)
    {
        try
        {
            return Run(tx => DoAsync(tx, step));
        }
        catch (RpcException)
        {
            return false;
        }
    }

    public void Check() => Run(async tx =>
    {
        var transit = 0L;
        foreach (var office in _offices)
        {
            var balance = await CardStore.GetBalanceAsync(tx, office);
            Assert.True(balance.Holds, $"{office}: {balance}");
            foreach (var (state, counted) in CountedCards.Of(balance))
            {
                Assert.Equal(await tx.NumberAsync("SELECT COUNT(*) FROM cards WHERE office = $1 AND state = $2", office.Value, state), counted);
            }

            transit += balance.TransferredOut - balance.TransferredIn;
        }

        Assert.Equal(await tx.NumberAsync("SELECT COUNT(*) FROM cards WHERE state = 6"), transit);
        return true;
    });

    /// <summary>The tables are what the journal says.</summary>
    public void CheckFold()
    {
        using var folded = new CardLedger();
        var facts = Read(tx => tx.ListAsync("SELECT kind, payload, at FROM journal ORDER BY id", row => (Kind: row.GetString(0), Payload: row.GetString(1), At: row.GetMoment(2))));
        folded.Run(async tx =>
        {
            foreach (var (kind, payload, at) in facts.Where(fact => !fact.Kind.StartsWith("stations.", StringComparison.Ordinal)))
            {
                await _catalog.Of(kind).ApplyAsync(tx, at, _catalog.Of(kind).Read(payload));
            }

            return true;
        });
        foreach (var table in _catalog.Tables)
        {
            Assert.Equal(Read(tx => Rows.OfAsync(tx, table)), folded.Read(tx => Rows.OfAsync(tx, table)));
        }
    }

    public void Dispose() => _database.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async ValueTask<bool> DoAsync(Tx tx, CardStep step)
    {
        var (office, station) = (_offices[step.Number % 2], _stations[step.Number % 4]);
        switch (step.Kind)
        {
            case CardStepKind.Receive:
                var first = _highest + step.Other % 3 + 1;
                _highest = first + step.Number - 1;
                await _vault.ReceiveAsync(tx, _now, "server", office, new SerialRange(first, _highest), "BA");
                return true;
            case CardStepKind.Load:
                await _vault.LoadAsync(tx, _now, "server", station, step.Other);
                return true;
            case CardStepKind.Unload:
                await _vault.UnloadAsync(tx, _now, "server", station, await CardStore.CountHopperAsync(tx, station));
                return true;
            case CardStepKind.Send:
                var sent = await CardStore.LowestInVaultAsync(tx, office, step.Other);
                await _transfers.SendAsync(tx, _now, "server", office, _offices[1 - step.Number % 2], SerialRange.Of(sent), "BA");
                return sent.Count > 0;
            case CardStepKind.Arrive:
                return await ArriveAsync(tx, office, step.Other);
            case CardStepKind.Count:
                // Every fifth card cannot be found on a bad day; on a good one, everything that was lost is.
                var present = await tx.ListAsync("SELECT serial FROM cards WHERE office = $1 AND state IN (1, 10) ORDER BY serial", row => row.GetInt64(0), office.Value);
                await _vault.CountAsync(tx, _now, "server", office, SerialRange.Of(present.Where(serial => step.Other % 2 == 0 || serial % 5 != 0)));
                return true;
            case CardStepKind.WithdrawForeign:
                await _custody.WithdrawAsync(tx, _now, "server", office, ++_foreign, InvalidReason.Moved, "");
                return true;
            case CardStepKind.Withdraw:
                return await OfAsync(tx, CardState.Issued, step) is { } issued && await DoneAsync(_custody.WithdrawAsync(tx, _now, "server", office, issued, InvalidReason.Status, ""));
            case CardStepKind.Keep:
                return await OfAsync(tx, CardState.Spoiled, step) is { } spoiled
                    && await DoneAsync(_custody.TakeAsync(tx, _now, "server", (await CardStore.FindAsync(tx, spoiled))!.Office, [spoiled]));
            default:
                var (from, to) = MoveOf(step.Kind);
                return await OfAsync(tx, from, step) is { } serial && await DoneAsync(AcceptAsync(tx, new MovedFact(serial, to)));
        }
    }

    /// <summary>What other folders do to cards by their facts.</summary>
    private static (CardState From, CardState To) MoveOf(CardStepKind kind) => kind switch
    {
        CardStepKind.Feed => (CardState.Hopper, CardState.Consuming),
        CardStepKind.Print => (CardState.Consuming, CardState.Issued),
        CardStepKind.Spoil => (CardState.Consuming, CardState.Spoiled),
        CardStepKind.GiveBack => (CardState.Consuming, CardState.Hopper),
        CardStepKind.Lose => (CardState.Consuming, CardState.Missing),
        CardStepKind.List => (CardState.Custody, CardState.Listed),
        CardStepKind.Unlist => (CardState.Listed, CardState.Custody),
        _ => (CardState.Listed, CardState.Destroyed),
    };

    /// <summary>The oldest transfer to an office, of which some blanks may have fallen off the lorry.</summary>
    private async ValueTask<bool> ArriveAsync(Tx tx, RegionCode office, int luck)
    {
        if ((await TransferStore.ListAsync(tx, office, inTransitOnly: true, "", 100)).Find(transfer => transfer.To == office) is not { } transfer)
        {
            return false;
        }

        var arrived = luck % 3 == 0 ? transfer.Serials.Skip(1).ToList() : transfer.Serials;
        await _transfers.ReceiveAsync(tx, _now, "server", _admin, transfer.Id, arrived);
        return true;
    }

    private static async ValueTask<long?> OfAsync(Tx tx, CardState state, CardStep step)
    {
        var serials = await tx.ListAsync("SELECT serial FROM cards WHERE state = $1 ORDER BY serial", row => row.GetInt64(0), state);
        return serials.Count == 0 ? null : serials[step.Other % serials.Count];
    }

    private static async ValueTask<bool> DoneAsync(ValueTask work)
    {
        await work;
        return true;
    }

    private T Read<T>(Func<Tx, ValueTask<T>> work) => _database.ReadAsync(work, CancellationToken.None).GetAwaiter().GetResult();

    private ValueTask AcceptAsync(Tx tx, IFact fact) => _journal.AcceptAsync(tx, _now, "server", fact);

    private bool Run(Func<Tx, ValueTask<bool>> work) => _database.WriteAsync(work, CancellationToken.None).GetAwaiter().GetResult();
}
