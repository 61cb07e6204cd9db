using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Printing;

/// <summary>An office that has something to print, and how far it has come: who was served more stands further back.</summary>
internal sealed record Turn(RegionCode Office, long Pass);

/// <summary>
/// Fairness between offices by stride scheduling (Waldspurger, Weihl 1995) with equal shares: the lowest pass is next, and each
/// job moves its office on by one. A flood of one office waits behind the single job of another.
/// </summary>
internal static class Turns
{
    /// <summary>How many of the next jobs are each office's.</summary>
    public static IReadOnlyList<(RegionCode Office, int Jobs)> Deal(IReadOnlyList<Turn> turns, int jobs)
    {
        var next = new PriorityQueue<int, (long Pass, int Place)>(turns.Select((turn, place) => (place, (turn.Pass, place))));
        var shares = new int[turns.Count];
        for (var dealt = 0; dealt < jobs && next.TryPeek(out var place, out var at); dealt++)
        {
            shares[place]++;
            next.DequeueEnqueue(place, (at.Pass + 1, place));
        }

        return [.. turns.Select((turn, place) => (turn.Office, shares[place])).Where(share => share.Item2 > 0)];
    }
}
