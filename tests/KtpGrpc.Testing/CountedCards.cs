using KtpGrpc.Server.Cards;

namespace KtpGrpc.Testing;

/// <summary>An office's balance by the state that each figure counts, to be compared with the cards themselves.</summary>
internal static class CountedCards
{
    public static (CardState State, long Cards)[] Of(Balance balance) =>
    [
        (CardState.Vault, balance.Vault), (CardState.Hopper, balance.Hopper), (CardState.Consuming, balance.Consuming), (CardState.Issued, balance.Issued),
        (CardState.Spoiled, balance.Spoiled), (CardState.Custody, balance.Custody), (CardState.Listed, balance.Listed),
        (CardState.Destroyed, balance.Destroyed), (CardState.Missing, balance.Missing),
    ];
}
