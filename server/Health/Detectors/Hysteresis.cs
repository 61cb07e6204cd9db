namespace KtpGrpc.Server.Health.Detectors;

/// <summary>How much attention a score asks for.</summary>
internal enum Attention : byte
{
    None,

    /// <summary>At most .03 false alarms per device-month.</summary>
    Watch,

    /// <summary>At most .01 false alarms per device-month.</summary>
    Act,
}

/// <summary>The scores from which one watches and acts.</summary>
internal sealed record AttentionBudget(double Watch, double Act)
{
    /// <summary>
    /// For <see cref="DeviceSurprise"/>, from the replay of the fleet's development half (`--protocol failures`): the lowest
    /// scores that keep the two budgets.
    /// </summary>
    public static readonly AttentionBudget OfSurprise = new(3.6, 5.7);

    public double Of(Attention attention) => attention switch { Attention.Act => Act, Attention.Watch => Watch, _ => 0 };
}

/// <summary>
/// Attention comes at once and goes slowly: when the score stayed below half of what raised it for three days. So a score
/// that trembles around its threshold is one alarm, and one that comes back soon is the same.
/// </summary>
/// <param name="BelowSince">The day on which the score went below half, int.MaxValue where it is not.</param>
internal readonly record struct Hysteresis(Attention Attention, int BelowSince)
{
    private const int DaysToClear = 3;

    public static readonly Hysteresis Calm = new(Attention.None, int.MaxValue);

    public static Hysteresis Next(Hysteresis before, double score, int day, AttentionBudget budget)
    {
        var asked = score >= budget.Act ? Attention.Act : score >= budget.Watch ? Attention.Watch : Attention.None;
        if (asked > before.Attention || before.Attention == Attention.None)
        {
            return new Hysteresis(asked, int.MaxValue);
        }

        // No number is no sign of health.
        if (!(score < budget.Of(before.Attention) / 2))
        {
            return before with { BelowSince = int.MaxValue };
        }

        // A clock that was set back starts the count again from there.
        var since = Math.Min(before.BelowSince, day);
        if ((long)day - since < DaysToClear)
        {
            return before with { BelowSince = since };
        }

        return before.Attention == Attention.Act && score >= budget.Watch / 2
            ? new Hysteresis(Attention.Watch, int.MaxValue)
            : Calm;
    }
}
