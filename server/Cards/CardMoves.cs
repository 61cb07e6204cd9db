namespace KtpGrpc.Server.Cards;

/// <summary>The ways a card may go. What is not listed is a fault of ours and takes the transaction with it.</summary>
internal static class CardMoves
{
    public static bool IsAllowed(CardState from, CardState to) => (from, to) switch
    {
        (CardState.Vault, CardState.Hopper) => true,
        (CardState.Hopper, CardState.Consuming) => true,
        (CardState.Consuming, CardState.Issued or CardState.Spoiled) => true,

        // Back only with the printer's proof that nothing was fed.
        (CardState.Consuming, CardState.Hopper) => true,

        // A report that contradicts an earlier one opens the question again.
        (CardState.Issued or CardState.Spoiled, CardState.Consuming) => true,
        _ => false,
    };
}
