using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Printing;

/// <summary>What an office has, what it owes, and what it used on the days of late on which it used anything.</summary>
/// <param name="RibbonLeft">Cards that the ribbons of its printers are good for; null where none tells.</param>
internal sealed record Supply(RegionCode Office, long Blanks, long Backlog, IReadOnlyList<DailyUse> Days, long? RibbonLeft)
{
    /// <summary>Days that are looked at, today among them: two weeks hold the rhythm of an office.</summary>
    public const int DaysSeen = 14;

    public double PerDay => Days.Count == 0 ? 0 : Days.Average(day => (double)day.Used);

    /// <summary>Blanks for the backlog, as many spoiled on the way as of late.</summary>
    public long Needed => (long)Math.Ceiling(Backlog * BlanksPerCard);

    public long Short => Math.Max(0, Needed - Blanks);

    private double BlanksPerCard
    {
        get
        {
            var used = Days.Sum(day => day.Used);
            return used == 0 ? 1 : used / (double)Math.Max(1, used - Days.Sum(day => day.Wasted));
        }
    }

    public DateTimeOffset? BlanksOutAt(DateTimeOffset now) => OutAt(Blanks, now);

    public DateTimeOffset? RibbonOutAt(DateTimeOffset now) => RibbonLeft is { } cards ? OutAt(cards, now) : null;

    private DateTimeOffset? OutAt(long left, DateTimeOffset now) =>
        PerDay > 0 && left / PerDay is var days && days < (DateTimeOffset.MaxValue - now).TotalDays - 1 ? now + TimeSpan.FromDays(days) : null;
}
