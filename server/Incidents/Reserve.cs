using Ktp.Health.V1;
using Ktp.Incidents.V1;

namespace KtpGrpc.Server.Incidents;

/// <summary>
/// Apparatus of one sort that an office depends on: how many there are, and what is believed of each that works. docs/incidents.md
/// has the sources of the numbers.
/// </summary>
/// <param name="Had">Whether any ever worked: an office that never had one has lost nothing.</param>
internal sealed record Reserve(int All, IReadOnlyList<ConditionState> Working, bool Had)
{
    /// <summary>Days in which a spare arrives: a kit of the centre is asked for, sent and set up.</summary>
    public const int SpareDays = 30;

    /// <summary>
    /// A well one's failures in a day: 25-30 % of the country's kits were broken in 2019 though repairs went on, which fits 30 % in three
    /// years, and half of the kits of 2011 dead by 2017, as Kupang's were.
    /// </summary>
    private static readonly double _base = -Math.Log(1 - 0.30) / (3 * 365.25);

    /// <summary>Of those that the detectors call failing this share fails, half of it within these days (docs/detection.md, fleet at .01).</summary>
    private static readonly (double Share, double MedianDays) _failing = (0.58, 6);

    /// <summary>Of the degraded, and of those of which nothing is known, for which the detectors have three times the false alarms.</summary>
    private static readonly (double Share, double MedianDays) _degraded = (1.0 / 3, SpareDays);

    private const int MostDays = 100_000;

    public RedundancyLevel Level => (Working.Count, Had) switch
    {
        (0, false) => RedundancyLevel.Unspecified,
        (0, _) => RedundancyLevel.NoneLeft,
        (1, _) => RedundancyLevel.OneLeft,
        _ => RedundancyLevel.Spare,
    };

    /// <summary>The chance that none works any more when a spare arrives.</summary>
    public double Risk => Had ? AllFailedWithin(SpareDays) : 0;

    /// <summary>By when it is as likely as not that the last one has failed; null where none works.</summary>
    public DateTimeOffset? LastFailureAt(DateTimeOffset now)
    {
        if (Working.Count == 0)
        {
            return null;
        }

        var (least, most) = (0.0, (double)MostDays);
        while (most - least > 0.01)
        {
            var middle = (least + most) / 2;
            (least, most) = AllFailedWithin(middle) < 0.5 ? (middle, most) : (least, middle);
        }

        return now.AddDays(most);
    }

    /// <summary>The chance that one of this condition has failed after some days.</summary>
    public static double FailedWithin(ConditionState state, double days)
    {
        var well = 1 - Math.Exp(-_base * days);
        return state switch
        {
            ConditionState.Failed => 1,
            ConditionState.Healthy => well,
            ConditionState.Failing => Sick(_failing, days, well),
            _ => Sick(_degraded, days, well),
        };
    }

    private static double Sick((double Share, double MedianDays) sick, double days, double well) =>
        sick.Share * (1 - Math.Pow(2, -days / sick.MedianDays)) + (1 - sick.Share) * well;

    private double AllFailedWithin(double days) => Working.Aggregate(1.0, (all, state) => all * FailedWithin(state, days));
}
