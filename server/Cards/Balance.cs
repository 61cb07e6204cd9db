namespace KtpGrpc.Server.Cards;

/// <summary>
/// How many cards are where. What was received is counted from the hand-overs, everything else from the moves, so the two
/// sides check each other.
/// </summary>
internal sealed record Balance(long Received, long Vault, long Hopper, long Consuming, long Issued, long Spoiled)
{
    public bool Holds => Received == Vault + Hopper + Consuming + Issued + Spoiled;
}
