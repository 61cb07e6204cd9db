using Ktp.Cards.V1;
using Xunit;

namespace KtpGrpc.Server.Tests.Cards;

internal static class Books
{
    /// <summary>What came into an office is where its balance says.</summary>
    public static void Hold(Balance balance) => Assert.Equal(
        balance.Received + balance.TransferredIn + balance.IssuedElsewhere,
        balance.Vault + balance.Hopper + balance.Consuming + balance.Issued + balance.Spoiled + balance.Custody + balance.Listed + balance.Destroyed
            + balance.Missing + balance.TransferredOut);
}
