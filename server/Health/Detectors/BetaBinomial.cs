namespace KtpGrpc.Server.Health.Detectors;

/// <summary>
/// How many of n attempts fail when each well device has its own rate, spread around the model's: wider than a binomial,
/// so that a device a little worse than its brothers is no alarm.
/// </summary>
internal static class BetaBinomial
{
    /// <summary>How alike well devices are, as the attempts that a device's own rate is worth.</summary>
    private const double Alikeness = 300;

    /// <summary>−log10 of the chance that at least <paramref name="failed"/> of <paramref name="attempts"/> fail.</summary>
    public static double Surprise(int failed, int attempts, double rate)
    {
        var (alpha, beta) = (rate * Alikeness, (1 - rate) * Alikeness);
        var chance = 1.0;
        for (var i = 0; i < attempts; i++)
        {
            chance *= (beta + i) / (Alikeness + i);
        }

        var tail = failed == 0 ? chance : 0;
        for (var k = 0; k < attempts; k++)
        {
            chance *= (attempts - k) / (k + 1.0) * ((k + alpha) / (attempts - k - 1 + beta));
            if (k + 1 >= failed)
            {
                tail += chance;
            }
        }

        return Math.Max(0, -Math.Log10(Math.Max(tail, double.Epsilon)));
    }
}
