using Ktp.Health.V1;

namespace KtpGrpc.Server.Health.Detectors;

/// <summary>Something that is used up, from how many days left on it is to be seen to, and how.</summary>
internal sealed record Supply(Signal Signal, string Name, double WarnDays, string Advice)
{
    /// <summary>
    /// A ribbon lasts two to five days and is changed by the desk: half a day is this day's work. A disk is freed by the desk
    /// within a week; a battery has to come from the centre, and its charge falls as it does from one outage to the next.
    /// Nobody tells when a printer was cleaned: that is only shown, and never makes a condition.
    /// </summary>
    public static readonly IReadOnlyList<Supply> All =
    [
        new(Signal.RibbonLeftRatio, "ribbon", 0.5, "Have a ribbon at hand; order one if there is none."),
        new(Signal.DiskFreeRatio, "disk", 7, "Free the disk: the outbox needs room."),
        new(Signal.BatteryRatio, "battery", 14, "Order a battery, and exchange it."),
        new(Signal.CardsPicked, "share of the cards until the next cleaning", 0, "Clean the printer."),
    ];

    /// <summary>As is stated for retransfer printers; counted from the printer's first card.</summary>
    public const ulong CardsToClean = 1000;

    public static int IndexOf(Signal signal) => signal switch
    {
        Signal.RibbonLeftRatio => 0,
        Signal.DiskFreeRatio => 1,
        Signal.BatteryRatio => 2,
        Signal.CardsPicked => 3,
        _ => -1,
    };

    /// <param name="local">Now, by the clock on the office's wall: people plan by the days of their week.</param>
    public Evidence Evidence(in Wear wear, DateTimeOffset since, DateTimeOffset local)
    {
        var summary = wear.Pace == 0 ? FormattableString.Invariant($"{Name} {wear.Level:P0} left; it does not fall, or not long enough to tell when it ends.")
            : wear.DaysLeft > 400 ? FormattableString.Invariant($"{Name} {wear.Level:P0} left: more than a year at today's pace.")
            : FormattableString.Invariant($"{Name} {wear.Level:P0} left: it ends {When(local, wear.DaysLeft)} at today's pace.");
        return new Evidence(summary, "wear", Math.Round(wear.Level, 4), Math.Round(wear.Pace, 4), 0, since);
    }

    private static string When(DateTimeOffset local, double days)
    {
        var end = local.AddDays(days);
        return (end.Date - local.Date).Days switch
        {
            0 => "today",
            < 7 => FormattableString.Invariant($"on {end.DayOfWeek}"),
            _ => FormattableString.Invariant($"on {end:d MMMM yyyy}"),
        };
    }
}
