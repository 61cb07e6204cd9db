using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Cards;

/// <summary>Cards that are good for nothing any more, on their way to the furnace. Each method is part of its caller's transaction.</summary>
internal sealed class Custody(JournalWriter journal)
{
    public async ValueTask WithdrawAsync(Tx tx, DateTimeOffset now, string actor, RegionCode office, long serial, InvalidReason reason, string note)
    {
        await Vault.RequireOfficeAsync(tx, office);
        var card = await CardStore.LockAsync(tx, serial);
        if (card is not null && card.State != CardState.Issued)
        {
            throw Refuse.Precondition($"Card {serial} cannot be withdrawn: the books of {card.Office} have it {WordOf(card.State)}.");
        }

        await journal.AcceptAsync(tx, now, actor, new CardWithdrawn(serial, office.Value, reason, note, card?.Office.Value));
    }

    /// <summary>All of them or none.</summary>
    public async ValueTask TakeAsync(Tx tx, DateTimeOffset now, string actor, RegionCode office, IReadOnlyList<long> serials)
    {
        foreach (var serial in serials)
        {
            var card = await CardStore.LockAsync(tx, serial) ?? throw Refuse.NotFound($"Card {serial} is not known: no office received it.");
            if (card.Office != office)
            {
                throw Refuse.Precondition($"Card {serial} is in the books of {card.Office}, not of {office}.");
            }

            if (card.State != CardState.Spoiled)
            {
                throw Refuse.Precondition($"Card {serial} cannot be taken into custody: it is {WordOf(card.State)}, not spoiled.");
            }
        }

        await journal.AcceptAsync(tx, now, actor, new CustodyTaken(office.Value, SerialRange.Of(serials)));
    }

    /// <summary>How a refusal calls where a card is.</summary>
    public static string WordOf(CardState state) => state switch
    {
        CardState.Vault => "as a blank in the vault",
        CardState.Hopper => "as a blank in a hopper",
        CardState.Consuming => "in a printer",
        CardState.Issued => "issued",
        CardState.Spoiled => "spoiled",
        CardState.InTransit => "in transit",
        CardState.Custody => "in custody",
        CardState.Listed => "on the list of a destruction",
        CardState.Destroyed => "destroyed",
        _ => "missing",
    };
}
