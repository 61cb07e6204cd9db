using System.Collections.Concurrent;

namespace KtpGrpc.Fleet.Devices;

/// <summary>
/// What physically came out of all printers, per issuance: the witness that knows nothing of leases and reports.
/// </summary>
internal sealed class PrintTally
{
    private readonly ConcurrentDictionary<string, int> _good = new();
    private long _spoiled;

    /// <summary>Awaited when a printer was told to print and has not picked a card yet: where a test ends the server.</summary>
    public Func<Task> BeforeCard { get; set; } = () => Task.CompletedTask;

    public long Good => _good.Values.Sum(cards => (long)cards);

    /// <summary>Cards that came out useless: bad print, unwritten chip, jam.</summary>
    public long Spoiled => Interlocked.Read(ref _spoiled);

    /// <summary>Issuances of which more than one good card exists.</summary>
    public int PrintedTwice => _good.Values.Count(cards => cards > 1);

    public void CameOutGood(string issuanceId) => _good.AddOrUpdate(issuanceId, 1, (_, cards) => cards + 1);

    public void CameOutSpoiled() => Interlocked.Increment(ref _spoiled);
}
