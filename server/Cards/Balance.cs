namespace KtpGrpc.Server.Cards;

/// <summary>
/// How many cards are where. What came in is counted from hand-overs, transfers and withdrawals, everything else from the
/// cards' moves, so the two sides check each other.
/// </summary>
internal sealed record Balance(
    long Received, long Vault, long Hopper, long Consuming, long Issued, long Spoiled, long Custody, long Listed, long Destroyed, long Missing,
    long TransferredIn, long TransferredOut, long IssuedElsewhere)
{
    public bool Holds => Received + TransferredIn + IssuedElsewhere
        == Vault + Hopper + Consuming + Issued + Spoiled + Custody + Listed + Destroyed + Missing + TransferredOut;
}
