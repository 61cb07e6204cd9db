using Ktp.Coverage.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Coverage;

/// <summary>Coverage as the contract tells it.</summary>
internal static class CoverageWire
{
    /// <summary>The longest span of days that is told at once: a leap year.</summary>
    public const int MostDays = 366;

    /// <summary>The span that is told where none is asked for, today in it.</summary>
    public const int UsualDays = 28;

    public static async ValueTask<GetCoverageResponse> ReadAsync(Tx tx, RegionCode region, DateTimeOffset now)
    {
        var window = await DayStore.WindowAsync(tx, LocalDay.Of(region, now));
        var recent = await DayStore.SumBelowAsync(tx, region, window);
        var figures = await CoverageStore.ListBelowAsync(tx, region);
        var below = (await StationStore.ListRegionsDirectlyBelowAsync(tx, region)).Union(figures.Keys).Order(StringComparer.Ordinal);
        return new GetCoverageResponse
        {
            Coverage = Of(region.Value, await CoverageStore.FindAsync(tx, region)),
            Below = { below.Select(code => Of(code, figures.GetValueOrDefault(code))) },
        };

        Ktp.Coverage.V1.Coverage Of(string code, CoverageFigures counted)
        {
            var pace = window.PerDay(recent.GetValueOrDefault(code));
            var coverage = new Ktp.Coverage.V1.Coverage { RegionCode = code, Obliged = counted.Obliged, Recorded = counted.Recorded, Pace = pace };
            if (window.DaysToCompletion(counted, pace) is { } days)
            {
                coverage.DaysToCompletion = days;
            }

            return coverage;
        }
    }

    /// <summary>A span of days that a caller asks for; null where he asks for none.</summary>
    public static (DateOnly First, DateOnly Last)? SpanOf(string firstDay, string lastDay)
    {
        if (firstDay.Length == 0 && lastDay.Length == 0)
        {
            return null;
        }

        var (first, last) = (LocalDay.Require(firstDay, "first_day"), LocalDay.Require(lastDay, "last_day"));
        return last >= first && last.DayNumber - first.DayNumber < MostDays
            ? (first, last)
            : throw Refuse.Invalid($"last_day must be first_day or one of the {MostDays - 1} days after it.");
    }
}
