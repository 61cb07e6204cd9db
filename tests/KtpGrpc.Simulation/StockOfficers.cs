using Ktp.Cards.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Simulation;

/// <summary>What stock officers do: they keep the blanks of vaults, hoppers and transfers. Each method tells whether there was anything to do.</summary>
internal sealed class StockOfficers(World world)
{
    private const string Cards = "/ktp.cards.v1.CardService/";

    private readonly Caller _stock = World.Person("stock", Role.StockOfficer);
    private long _blanks;

    public bool Receive()
    {
        if (_blanks >= 60)
        {
            return false;
        }

        var (first, count) = (_blanks + 1, 5 + world.Chance.Below(10));
        _blanks += count;
        return world.Call<ReceiveBlanksRequest, ReceiveBlanksResponse>(Cards + "ReceiveBlanks", _stock, new ReceiveBlanksRequest
        {
            RequestId = world.NextRequest(),
            OfficeCode = world.Chance.Of(Machine.Offices),
            FirstSerial = first,
            Count = count,
            Counted = count,
            Document = "BA",
        });
    }

    /// <summary>Blanks go into the hopper as the books say: the lowest of the vault.</summary>
    public bool Load()
    {
        var station = world.Chance.Of(world.Stations);
        var count = 1 + world.Chance.Below(6);
        var before = InHopper(station.Id);
        var done = world.Call<LoadHopperRequest, LoadHopperResponse>(Cards + "LoadHopper", _stock, new LoadHopperRequest { RequestId = world.NextRequest(), StationId = station.Id.Value, Count = count });
        station.Hopper.UnionWith(InHopper(station.Id).Except(before));
        return done;
    }

    public bool Unload()
    {
        var station = world.Chance.Of(world.Stations);
        var before = InHopper(station.Id);
        var done = world.Call<UnloadHopperRequest, UnloadHopperResponse>(
            Cards + "UnloadHopper", _stock, new UnloadHopperRequest { RequestId = world.NextRequest(), StationId = station.Id.Value, Counted = station.Hopper.Count });
        station.Hopper.ExceptWith(before.Except(InHopper(station.Id)));
        return done;
    }

    public bool Send()
    {
        var from = world.Chance.Below(2);
        return InVault(Machine.Offices[from]) is { Count: > 0 } blanks && world.Call<SendTransferRequest, SendTransferResponse>(Cards + "SendTransfer", _stock, new SendTransferRequest
        {
            RequestId = world.NextRequest(),
            FromOfficeCode = Machine.Offices[from],
            ToOfficeCode = Machine.Offices[1 - from],
            Document = "BA",
            Serials = { Ranges(blanks.Take(1 + world.Chance.Below(4))) },
        });
    }

    /// <summary>What arrives may be less than was sent.</summary>
    public bool Arrive()
    {
        var sent = world.Serials("SELECT serial FROM cards WHERE state = 6 AND transfer_id = (SELECT MIN(transfer_id) FROM cards_transfers WHERE received_at IS NULL) ORDER BY serial");
        var transfer = world.Store.Look(tx => tx.FirstAsync("SELECT MIN(transfer_id) FROM cards_transfers WHERE received_at IS NULL", row => row.IsNull(0) ? null : row.GetString(0)));
        var arrived = sent.Where(_ => !world.Chance.OneIn(6)).ToList();
        return transfer is not null && world.Call<ReceiveTransferRequest, ReceiveTransferResponse>(Cards + "ReceiveTransfer", _stock, new ReceiveTransferRequest
        {
            RequestId = world.NextRequest(),
            TransferId = transfer,
            Arrived = { Ranges(arrived) },
            Counted = arrived.Count,
        });
    }

    public bool Count()
    {
        var office = world.Chance.Of(Machine.Offices);
        var present = InVault(office).Where(_ => !world.Chance.OneIn(12)).ToList();
        return world.Call<CountStockRequest, CountStockResponse>(Cards + "CountStock", _stock, new CountStockRequest
        {
            RequestId = world.NextRequest(),
            OfficeCode = office,
            Present = { Ranges(present) },
            Counted = present.Count,
        });
    }

    private List<long> InVault(string office) => world.Serials("SELECT serial FROM cards WHERE state = 1 AND office = $1 ORDER BY serial", office);

    private List<long> InHopper(StationId station) => world.Serials("SELECT serial FROM cards WHERE state = 2 AND station_id = $1 ORDER BY serial", station.Value);

    private static IEnumerable<SerialRange> Ranges(IEnumerable<long> serials) => Server.Cards.SerialRange.Of(serials).Select(range => new SerialRange { First = range.First, Last = range.Last });
}
