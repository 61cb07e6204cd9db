using KtpGrpc.Server.Cards;

namespace KtpGrpc.Server.Destruction;

/// <summary>
/// Whether totals as people counted them add up. Published records did not: 2,629 burnt against 2,169 and 500 listed; 1,729
/// against items that sum to 1,719.
/// </summary>
internal static class Tally
{
    /// <summary>What does not add up, with the difference; null when all does.</summary>
    public static string? Fault(long total, IReadOnlyList<ReasonTotal> counted, IReadOnlyList<ReasonTotal> listed)
    {
        var sum = counted.Sum(reason => reason.Cards);
        if (sum != total)
        {
            return $"total is {total}, and the totals by reason sum to {sum}: a difference of {Math.Abs(total - sum)}. Count again.";
        }

        foreach (var reason in Enum.GetValues<InvalidReason>())
        {
            var (here, there) = (Of(counted, reason), Of(listed, reason));
            if (here != there)
            {
                return $"{here} cards with the reason {reason.ToString().ToUpperInvariant()} were counted, and {there} are listed: a difference of {Math.Abs(here - there)}. "
                    + "Count again, then list what is missing or take off what is not there.";
            }
        }

        return null;
    }

    private static long Of(IReadOnlyList<ReasonTotal> totals, InvalidReason reason) =>
        totals.Where(total => total.Reason == reason).Sum(total => total.Cards);
}
