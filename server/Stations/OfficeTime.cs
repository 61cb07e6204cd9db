using System.Globalization;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Stations;

/// <summary>The clock on the wall of an office: Indonesia has three zones by province, without summer time (Keppres 41/1987).</summary>
internal static class OfficeTime
{
    public static DateTimeOffset At(RegionCode office, DateTimeOffset moment) => moment.ToOffset(TimeSpan.FromHours(Of(office).Hours));

    public static string Zone(RegionCode office) => Of(office).Zone;

    /// <summary>The moments at which a month of the office begins and is over.</summary>
    public static (DateTimeOffset From, DateTimeOffset To) Month(RegionCode office, int year, int month)
    {
        var from = new DateTimeOffset(year, month, 1, 0, 0, 0, TimeSpan.FromHours(Of(office).Hours));
        return (from, from.AddMonths(1));
    }

    private static (int Hours, string Zone) Of(RegionCode office) => int.Parse(office.Value.AsSpan(0, 2), CultureInfo.InvariantCulture) switch
    {
        51 or 52 or 53 or 63 or 64 or 65 or (>= 71 and <= 76) => (8, "WITA"),
        81 or 82 or >= 91 => (9, "WIT"),
        _ => (7, "WIB"),
    };
}
