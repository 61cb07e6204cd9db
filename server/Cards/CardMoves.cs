namespace KtpGrpc.Server.Cards;

/// <summary>The ways a card may go. What is not listed is a fault of ours and takes the transaction with it.</summary>
internal static class CardMoves
{
    public static bool IsAllowed(CardState from, CardState to) => (from, to) switch
    {
        (CardState.Vault, CardState.Hopper or CardState.InTransit or CardState.Missing) => true,
        (CardState.InTransit, CardState.Vault or CardState.Missing) => true,

        // A hopper is emptied by hand.
        (CardState.Hopper, CardState.Consuming or CardState.Vault) => true,
        (CardState.Consuming, CardState.Issued or CardState.Spoiled) => true,

        // Back only with the printer's proof that nothing was fed.
        (CardState.Consuming, CardState.Hopper) => true,

        // Two persons looked and found no card.
        (CardState.Consuming, CardState.Missing) => true,

        // A report that contradicts an earlier one, or the finding of persons, opens the question again.
        (CardState.Issued or CardState.Spoiled or CardState.Missing, CardState.Consuming) => true,

        // A printed card that nobody was given.
        (CardState.Issued, CardState.Spoiled) => true,

        // A count found it.
        (CardState.Missing, CardState.Vault) => true,
        (CardState.Issued or CardState.Spoiled, CardState.Custody) => true,
        (CardState.Custody, CardState.Listed) => true,
        (CardState.Listed, CardState.Custody or CardState.Destroyed) => true,
        _ => false,
    };
}
