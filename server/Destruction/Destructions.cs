using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Destruction;

/// <summary>Destructions from opening to seal. Each method is part of its caller's transaction.</summary>
internal sealed class Destructions(JournalWriter journal, JournalKey key)
{
    /// <summary>So that the record and its page stay within what a person can check.</summary>
    private const long MostCards = 100_000;

    /// <summary>Cards that one fact of the sealing names at most.</summary>
    private const int MostInFact = 10_000;

    public async ValueTask<string> OpenAsync(Tx tx, DateTimeOffset now, Caller caller, RegionCode office, DestructionMethod method, string place)
    {
        await Vault.RequireOfficeAsync(tx, office);
        var id = Guid.CreateVersion7(now).ToString("N");
        await journal.AcceptAsync(tx, now, caller.Actor, new DestructionOpened(id, office.Value, method, place, caller.Name));
        return id;
    }

    /// <summary>All of them or none.</summary>
    public async ValueTask ListAsync(Tx tx, DateTimeOffset now, Caller caller, string id, IReadOnlyList<long> serials)
    {
        var act = await RequireOpenAsync(tx, caller, id);
        if (act.Cards + serials.Count > MostCards)
        {
            throw Refuse.Precondition($"The list has {act.Cards} cards and would have more than {MostCards}: open another destruction for the rest.");
        }

        var cards = await RequireCardsAsync(tx, serials, card =>
            card.Office != act.Office ? $"Card {card.Serial} is in the books of {card.Office}, not of {act.Office}."
            : card.State == CardState.Listed && card.DestructionId == id ? $"Card {card.Serial} is on this list already."
            : card.State != CardState.Custody ? $"Card {card.Serial} cannot be listed: the books have it {Custody.WordOf(card.State)}, not in custody."
            : null);
        await journal.AcceptAsync(tx, now, caller.Actor, new CardsListed(id, act.Office.Value, ByReason(cards)));
    }

    /// <summary>All of them or none.</summary>
    public async ValueTask UnlistAsync(Tx tx, DateTimeOffset now, Caller caller, string id, IReadOnlyList<long> serials)
    {
        var act = await RequireOpenAsync(tx, caller, id);
        var cards = await RequireCardsAsync(tx, serials, card =>
            card.State == CardState.Listed && card.DestructionId == id ? null : $"Card {card.Serial} is not on this list.");
        await journal.AcceptAsync(tx, now, caller.Actor, new CardsUnlisted(id, act.Office.Value, ByReason(cards)));
    }

    public async ValueTask CloseAsync(Tx tx, DateTimeOffset now, Caller caller, string id, long total, IReadOnlyList<ReasonTotal> counted)
    {
        var act = await RequireOpenAsync(tx, caller, id);
        if (act.Cards == 0)
        {
            throw Refuse.Precondition("The list is empty: list the cards first.");
        }

        if (Tally.Fault(total, counted, act.Totals) is { } fault)
        {
            throw Refuse.Invalid(fault);
        }

        var list = RecordFile.Sha256(RecordFile.CardLines(await DestructionStore.ListCardsAsync(tx, id)));
        await journal.AcceptAsync(tx, now, caller.Actor, new ListClosed(id, act.Office.Value, caller.Name, act.Totals, Convert.ToHexStringLower(list)));
    }

    public async ValueTask ReopenAsync(Tx tx, DateTimeOffset now, Caller caller, string id, string reason)
    {
        var act = await RequireAsync(tx, caller, id);
        if (act.State != DestructionState.Closed)
        {
            throw Refuse.Precondition(act.State == DestructionState.Open ? "The list is open." : $"It was sealed at {act.SealedAt:O} as {act.Number}: that is for ever.");
        }

        await journal.AcceptAsync(tx, now, caller.Actor, new ListReopened(id, act.Office.Value, reason));
    }

    public async ValueTask SignAsync(Tx tx, DateTimeOffset now, Caller caller, string id, SignatoryRole role, string onBehalfOf, long counted)
    {
        var act = await RequireAsync(tx, caller, id);
        if (Signing.Refusal(act, caller.Name, caller.Roles, role) is { } refusal)
        {
            throw Refuse.Precondition(refusal);
        }

        if (counted != act.Cards)
        {
            throw Refuse.Invalid($"total is {counted}, and the list has {act.Cards} cards: a difference of {Math.Abs(counted - act.Cards)}. Count again before you sign.");
        }

        await journal.AcceptAsync(tx, now, caller.Actor, new DestructionSigned(id, act.Office.Value, caller.Name, role, onBehalfOf, counted, act.ListSha256!));
    }

    public async ValueTask SealAsync(Tx tx, DateTimeOffset now, Caller caller, string id)
    {
        var act = await RequireAsync(tx, caller, id);
        if (Signing.Missing(act, caller.Name) is { } missing)
        {
            throw Refuse.Precondition(missing);
        }

        var cards = await DestructionStore.ListCardsAsync(tx, id);
        var lines = RecordFile.CardLines(cards).ToList();
        if (Convert.ToHexStringLower(RecordFile.Sha256(lines)) != act.ListSha256)
        {
            throw new InvalidDataException($"The cards of destruction {id} are not those that were signed.");
        }

        var prefix = $"{act.Office}/{OfficeTime.At(act.Office, now):yyyy}/";
        var number = $"{prefix}{await DestructionStore.CountNumbersAsync(tx, prefix) + 1:D4}";
        var record = RecordFile.RecordLine(new RecordFile.Record(
            RecordFile.Form, number, id, act.Office.Value, await StationStore.RegionNameAsync(tx, act.Office) ?? act.Office.Value, act.Method, act.Place,
            act.OpenedAt, act.ClosedAt!.Value, now, act.Cards, act.Totals,
            [.. act.Signatories.Select(signatory => new RecordFile.Signed(signatory.Operator, signatory.Role, signatory.OnBehalfOf, signatory.Counted, signatory.SignedAt))],
            act.ListSha256!));
        var signature = FileSignature.Of(RecordFile.Sha256([record, .. lines]), key);
        var sha256 = Convert.ToHexStringLower(RecordFile.Sha256(record));
        foreach (var some in cards.Select(card => card.Serial).Order().Chunk(MostInFact))
        {
            await journal.AcceptAsync(tx, now, caller.Actor, new CardsDestroyed(id, act.Office.Value, number, sha256, SerialRange.Of(some)));
        }

        await journal.AcceptAsync(tx, now, caller.Actor, new DestructionSealed(
            id, act.Office.Value, number, System.Text.Encoding.UTF8.GetString(record).TrimEnd('\n'), signature.PublicKey, signature.Value));
    }

    private static async ValueTask<DestructionAct> RequireAsync(Tx tx, Caller caller, string id)
    {
        var act = await DestructionStore.LockAsync(tx, id) ?? throw Refuse.NotFound($"Destruction '{Require.Shown(id)}' is not known.");
        caller.RequireRegion(act.Office);
        return act;
    }

    private static async ValueTask<DestructionAct> RequireOpenAsync(Tx tx, Caller caller, string id) =>
        await RequireAsync(tx, caller, id) is { State: DestructionState.Open } act
            ? act
            : throw Refuse.Precondition("The list is closed: reopen it first, unless it is sealed.");

    /// <summary>The cards, locked in the order of their serials, or the refusal of the first that does not fit.</summary>
    private static async ValueTask<List<Card>> RequireCardsAsync(Tx tx, IReadOnlyList<long> serials, Func<Card, string?> refusal)
    {
        var cards = new List<Card>(serials.Count);
        foreach (var range in SerialRange.Of(serials))
        {
            cards.AddRange(await CardStore.LockRangeAsync(tx, range));
        }

        for (var i = 0; i < serials.Count; i++)
        {
            if (i >= cards.Count || cards[i].Serial != serials[i])
            {
                throw Refuse.Precondition($"Card {serials[i]} is not known: no office received or withdrew it.");
            }

            if (refusal(cards[i]) is { } why)
            {
                throw Refuse.Precondition(why);
            }
        }

        return cards;
    }

    private static List<ReasonSerials> ByReason(List<Card> cards) =>
    [
        .. cards.GroupBy(card => card.Reason ?? throw new InvalidDataException($"Card {card.Serial} is in custody for no reason."))
            .OrderBy(reason => reason.Key)
            .Select(reason => new ReasonSerials(reason.Key, SerialRange.Of(reason.Select(card => card.Serial)))),
    ];
}
