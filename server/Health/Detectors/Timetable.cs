namespace KtpGrpc.Server.Health.Detectors;

/// <summary>The hours of the week in which a station is there, as the weeks have taught them; by UTC.</summary>
internal sealed class Timetable
{
    public const int Week = 168;
    public const long Hour = 60 * 60_000;

    /// <summary>What a week counts for, once several have been seen: a new timetable is learned in a month or two.</summary>
    private const double Slowest = 0.15;

    /// <summary>What the guess about an hour counts for that was not lived through: with more, a kit of two weeks is found an hour later.</summary>
    private const double UnlivedWeeks = 1.75;

    /// <summary>An hour that was never lived through is expected a tenth as much as the same hour of other days.</summary>
    private const double UnlivedShare = 0.1;

    /// <summary>
    /// What is expected, of a station that has taught no hour yet, in the hours in which the offices of all three time zones
    /// of the country are open: Monday to Friday, 02:00 to 07:00 UTC.
    /// </summary>
    private const double UntaughtShare = 0.5;
    private const int OfficesOpen = 2;
    private const int OfficesClose = 7;

    /// <summary>For each hour, the share of it in which the station is there, in 255ths.</summary>
    private readonly byte[] _share = new byte[Week];

    /// <summary>For each hour, the weeks that have taught it.</summary>
    private readonly byte[] _weeks = new byte[Week];

    /// <param name="hour">Since 1970.</param>
    /// <param name="covered">Milliseconds of it in which the station was there.</param>
    public void Observe(long hour, long covered)
    {
        var slot = (int)(hour % Week);
        var share = ShareOf(hour);
        var weight = Math.Max(Slowest, 1.0 / (_weeks[slot] + UnlivedWeeks));
        _share[slot] = (byte)Math.Round(255 * (share + ((double)covered / Hour - share) * weight));
        _weeks[slot] = (byte)Math.Min(_weeks[slot] + 1, 100);
    }

    /// <summary>The expected hours of presence between two moments, in milliseconds since 1970; counting stops at <paramref name="enough"/>.</summary>
    public double Hours(long from, long to, double enough)
    {
        var expected = 0.0;
        while (from < to && expected < enough)
        {
            var end = Math.Min(to, (from / Hour + 1) * Hour);
            expected += ShareOf(from / Hour) * (end - from) / Hour;
            from = end;
        }

        return Math.Min(expected, enough);
    }

    /// <summary>The hours of presence of the longest of the week's days, wherever a day may begin.</summary>
    public double LongestDay()
    {
        var (day, longest) = (0.0, 0.0);
        for (var hour = 0; hour < Week + 24; hour++)
        {
            day += (_share[hour % Week] - (hour < 24 ? 0 : _share[hour - 24])) / 255.0;
            longest = Math.Max(longest, day);
        }

        return longest;
    }

    /// <summary>Of the time between two moments, that in which it is usually there; an hour of which nothing is known counts whole.</summary>
    public double Usual(long from, long to)
    {
        var usual = 0.0;
        while (from < to)
        {
            var end = Math.Min(to, (from / Hour + 1) * Hour);
            usual += (LearnedShare((int)(from / Hour % Week)) ?? 1) * (end - from);
            from = end;
        }

        return usual;
    }

    public void Write(BinaryWriter to)
    {
        to.Write(_share);
        to.Write(_weeks);
    }

    public static Timetable Read(BinaryReader from)
    {
        var timetable = new Timetable();
        from.ReadExactly(timetable._share);
        from.ReadExactly(timetable._weeks);
        return timetable;
    }

    private static bool IsOfficeHour(long hour)
    {
        var moment = DateTimeOffset.FromUnixTimeMilliseconds(hour * Hour);
        return moment.Hour is >= OfficesOpen and < OfficesClose && moment.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);
    }

    private double ShareOf(long hour)
    {
        var slot = (int)(hour % Week);
        if (_weeks[slot] > 0)
        {
            return _share[slot] / 255.0;
        }

        return LearnedShare(slot) is { } share ? UnlivedShare * share
            : IsOfficeHour(hour) && !_weeks.AsSpan().ContainsAnyExcept((byte)0) ? UntaughtShare
            : 0;
    }

    /// <summary>The share of an hour of the week, or of the same hour of the days that were lived through; null for none.</summary>
    private double? LearnedShare(int slot)
    {
        if (_weeks[slot] > 0)
        {
            return _share[slot] / 255.0;
        }

        var (sum, days) = (0, 0);
        for (var sameHour = slot % 24; sameHour < Week; sameHour += 24)
        {
            if (_weeks[sameHour] > 0)
            {
                sum += _share[sameHour];
                days++;
            }
        }

        return days > 0 ? sum / 255.0 / days : null;
    }
}
