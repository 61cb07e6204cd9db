using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Cards;

/// <summary>Letters that stand for cards. The method is part of its caller's transaction.</summary>
internal sealed class Sukets(JournalWriter journal)
{
    public async ValueTask<Suket> IssueAsync(Tx tx, DateTimeOffset now, string actor, RegionCode office, ProtectedCitizen citizen, SuketCause cause)
    {
        await Vault.RequireOfficeAsync(tx, office);
        if (cause == SuketCause.NoBlanks && await CardStore.GetBalanceAsync(tx, office) is { } balance && balance.Vault + balance.Hopper > 0)
        {
            throw Refuse.Precondition($"Office {office} has {balance.Vault + balance.Hopper} blanks: print the card.");
        }

        var id = await CitizenRegister.FindOrAddAsync(tx, citizen);
        if ((await SuketStore.ListOfAsync(tx, id)).Find(known => known.IsValid(now)) is { } valid)
        {
            throw Refuse.Exists($"The citizen has suket {valid.Number}, valid until {OfficeTime.At(valid.Office, valid.ValidUntil):yyyy-MM-dd}.");
        }

        var number = Suket.NumberOf(office, now, await SuketStore.CountAsync(tx, office, now) + 1);
        await journal.AcceptAsync(tx, now, actor, new SuketIssued(number, office.Value, id.Value, cause, Suket.ValidFrom(now)));
        return (await SuketStore.FindAsync(tx, number))!;
    }
}
