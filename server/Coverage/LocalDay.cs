using System.Globalization;
using System.Text.RegularExpressions;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Coverage;

/// <summary>Days as an office has them: by the clock of its province, as texts yyyy-MM-dd on the wire, counted from 1970 in tables.</summary>
internal static partial class LocalDay
{
    /// <summary>The country's day is that of the centre, in Jakarta.</summary>
    private static readonly RegionCode _centre = RegionCode.Trusted("31");

    private static readonly int _first = new DateOnly(1970, 1, 1).DayNumber;

    public static DateOnly Of(RegionCode region, DateTimeOffset moment) =>
        DateOnly.FromDateTime(OfficeTime.At(region.Depth == 0 ? _centre : region, moment).DateTime);

    public static long ToStored(this DateOnly day) => day.DayNumber - _first;

    public static DateOnly GetDay(this Row row, int column) => DateOnly.FromDayNumber((int)(row.GetInt64(column) + _first));

    public static string ToText(this DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A day that is; a deadline was once announced for a 31 September.</summary>
    public static DateOnly Require(string text, string field)
    {
        if (!Form().IsMatch(text) || Number(text, 0, 4) is var year && year == 0 || Number(text, 5, 2) is var month && month is < 1 or > 12)
        {
            throw Refuse.Invalid($"{field} '{Rpc.Require.Shown(text)}' is not a day: expected yyyy-MM-dd.");
        }

        var (day, days) = (Number(text, 8, 2), DateTime.DaysInMonth(year, month));
        return day >= 1 && day <= days
            ? new DateOnly(year, month, day)
            : throw Refuse.Invalid($"{field} '{text}' does not exist: {CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(month)} {year} has {days} days.");
    }

    private static int Number(string text, int start, int length) => int.Parse(text.AsSpan(start, length), NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z")]
    private static partial Regex Form();
}
