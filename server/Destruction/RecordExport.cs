using System.Text;
using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Destruction;

/// <summary>Writes what leaves the house about destructions: a record as file and as page, and a month.</summary>
internal sealed class RecordExport(Database database, JournalKey key, DomainClock clock)
{
    /// <summary>The same bytes at every export.</summary>
    public async Task WriteFileAsync(DestructionAct act, Func<ReadOnlyMemory<byte>, Task> write, CancellationToken cancellation)
    {
        var lines = RecordFile.CardLines(await database.ReadAsync(tx => DestructionStore.ListCardsAsync(tx, act.Id), cancellation)).ToList();
        if (Convert.ToHexStringLower(RecordFile.Sha256(lines)) != RecordFile.Read(act.Record!).ListSha256)
        {
            throw new InvalidDataException($"The cards of destruction {act.Id} are not those of its record.");
        }

        using var file = new SignedFile(write);
        await file.AddAsync(RecordFile.RecordLine(act.Record!));
        foreach (var line in lines)
        {
            await file.AddAsync(line);
        }

        await file.EndAsync(act.Signature!);
    }

    public static async Task WritePageAsync(DestructionAct act, Func<ReadOnlyMemory<byte>, Task> write)
    {
        var page = Encoding.UTF8.GetBytes(RecordPage.Render(RecordFile.Read(act.Record!), RecordFile.Sha256(RecordFile.RecordLine(act.Record!))));
        for (var sent = 0; sent < page.Length; sent += SignedFile.MostPiece)
        {
            await write(page.AsMemory(sent, Math.Min(SignedFile.MostPiece, page.Length - sent)));
        }
    }

    public async Task WriteMonthAsync(RegionCode office, int year, int month, Func<ReadOnlyMemory<byte>, Task> write, CancellationToken cancellation)
    {
        var now = clock.Now;
        var bounds = OfficeTime.Month(office, year, month);
        if (now < bounds.To)
        {
            throw Refuse.Precondition($"The month {year:D4}-{month:D2} of {office} is over at {bounds.To:O}.");
        }

        var (name, acts, balance) = await database.ReadAsync(async tx =>
        {
            await Vault.RequireOfficeAsync(tx, office);
            return (await StationStore.RegionNameAsync(tx, office), await DestructionStore.ListSealedAsync(tx, office, bounds.From, bounds.To), await CardStore.GetBalanceAsync(tx, office));
        }, cancellation);
        using var file = new SignedFile(write);
        await file.AddAsync(SignedFile.Line(
            MonthFile.HeaderOf(office.Value, name!, $"{year:D4}-{month:D2}", bounds, acts, now, balance), MonthFileJson.Compact.Header));
        foreach (var act in acts)
        {
            await file.AddAsync(SignedFile.Line(MonthFile.SealedOf(act), MonthFileJson.Compact.Sealed));
        }

        await file.EndAsync(key);
    }
}
