namespace KtpGrpc.Server.Incidents;

/// <summary>
/// The hours in which the offices of all three time zones of the country are open: Monday to Friday, 02:00 to 07:00 UTC (09:00 to
/// 14:00 in Jakarta, 11:00 to 16:00 in Jayapura). Who is not at his desk is not told to hurry.
/// </summary>
internal static class WorkingTime
{
    private static readonly TimeSpan _opens = TimeSpan.FromHours(2);
    private static readonly TimeSpan _closes = TimeSpan.FromHours(7);

    /// <summary>The moment at which so much working time has passed.</summary>
    public static DateTimeOffset After(DateTimeOffset from, TimeSpan span)
    {
        var day = new DateTimeOffset(from.UtcDateTime.Date, TimeSpan.Zero);
        for (var left = span; ; day = day.AddDays(1))
        {
            if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
            {
                continue;
            }

            var begin = from > day + _opens ? from : day + _opens;
            var open = day + _closes - begin;
            if (open >= left)
            {
                return begin + left;
            }

            left -= open > TimeSpan.Zero ? open : TimeSpan.Zero;
        }
    }
}
