using Ktp.Cards.V1;

namespace KtpGrpc.Fleet.Run;

/// <summary>The books of several offices as one.</summary>
internal static class Books
{
    public static async Task<Balance> OfAsync(IEnumerable<string> offices, Func<string, Task<GetBalanceResponse>> ask)
    {
        var books = (await Task.WhenAll(offices.Select(ask))).Select(answer => answer.Balance).ToList();
        return new Balance
        {
            Received = books.Sum(office => office.Received),
            Vault = books.Sum(office => office.Vault),
            Hopper = books.Sum(office => office.Hopper),
            Consuming = books.Sum(office => office.Consuming),
            Issued = books.Sum(office => office.Issued),
            Spoiled = books.Sum(office => office.Spoiled),
            Custody = books.Sum(office => office.Custody),
            Listed = books.Sum(office => office.Listed),
            Destroyed = books.Sum(office => office.Destroyed),
            Missing = books.Sum(office => office.Missing),
        };
    }
}
