using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Cards;

/// <summary>Blanks of an office: handed over, in the vault, in hoppers, counted. Each method is part of its caller's transaction.</summary>
internal sealed class Vault(JournalWriter journal)
{
    public async ValueTask ReceiveAsync(Tx tx, DateTimeOffset now, string actor, RegionCode office, SerialRange serials, string document)
    {
        await RequireOfficeAsync(tx, office);
        await CardStore.LockVaultAsync(tx, office);
        if (await CardStore.FirstKnownAsync(tx, serials) is { } known)
        {
            throw Refuse.Exists($"Serials {serials} hold {known}, which is known already.");
        }

        await journal.AcceptAsync(tx, now, actor, new BlanksReceived(office.Value, serials, document));
    }

    public async ValueTask LoadAsync(Tx tx, DateTimeOffset now, string actor, StationId station, long count)
    {
        if ((await RequireStationAsync(tx, station)).Standing is var standing and not StationStanding.Active)
        {
            throw Refuse.Precondition($"Station {station} is {standing.ToString().ToLowerInvariant()}.");
        }

        var office = station.Region.Office;
        var vault = await CardStore.LockVaultAsync(tx, office);
        if (vault < count)
        {
            throw Refuse.Precondition($"The vault of {office} holds {vault} blanks, not {count}: receive blanks first.");
        }

        var serials = await CardStore.LowestInVaultAsync(tx, office, count);
        await journal.AcceptAsync(tx, now, actor, new HopperLoaded(station.Value, station.Region.Value, SerialRange.Of(serials)));
    }

    /// <param name="counted">What was counted out of the hopper.</param>
    public async ValueTask UnloadAsync(Tx tx, DateTimeOffset now, string actor, StationId station, long counted)
    {
        await RequireStationAsync(tx, station);
        await CardStore.LockVaultAsync(tx, station.Region.Office);
        var serials = await CardStore.LockHopperAsync(tx, station);
        if (serials.Count != counted)
        {
            throw Refuse.Invalid($"The books have {serials.Count} blanks in the hopper of {station}, and {counted} were counted: count again, and look into the printer.");
        }

        if (counted > 0)
        {
            await journal.AcceptAsync(tx, now, actor, new HopperUnloaded(station.Value, station.Region.Value, SerialRange.Of(serials)));
        }
    }

    /// <summary>Brings the books in line with what lies there, serial by serial.</summary>
    public async ValueTask<StockCounted> CountAsync(Tx tx, DateTimeOffset now, string actor, RegionCode office, IReadOnlyList<SerialRange> present)
    {
        await RequireOfficeAsync(tx, office);
        await CardStore.LockVaultAsync(tx, office);
        var booked = SerialRange.Of(await CardStore.ListSerialsAsync(tx, office, CardState.Vault));
        var lost = SerialRange.Of(await CardStore.ListSerialsAsync(tx, office, CardState.Missing));
        var extra = SerialRange.Except(present, booked);
        if (SerialRange.Except(extra, lost) is [var elsewhere, ..])
        {
            throw Refuse.Precondition($"Serials {elsewhere} are not in the vault of {office} by the books, and not missing: look them up one by one.");
        }

        var fact = new StockCounted(office.Value, present.Sum(range => range.Count), SerialRange.Except(booked, present), extra);
        await journal.AcceptAsync(tx, now, actor, fact);
        return fact;
    }

    public static async ValueTask RequireOfficeAsync(Tx tx, RegionCode office) =>
        _ = await StationStore.RegionNameAsync(tx, office) ?? throw Refuse.NotFound($"Office '{office}' is not known.");

    private static async ValueTask<Station> RequireStationAsync(Tx tx, StationId station) =>
        await StationStore.FindAsync(tx, station) ?? throw Refuse.NotFound($"Station {station} is not known.");
}
