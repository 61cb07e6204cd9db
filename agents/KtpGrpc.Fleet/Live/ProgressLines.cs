using Ktp.Incidents.V1;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Run;

namespace KtpGrpc.Fleet.Live;

/// <summary>Batch mode's plain lines: one for each month that has passed, and one when five seconds went by without.</summary>
internal sealed class ProgressLines(FleetPlan plan, ServerLink server, LockStep run)
{
    private static readonly TimeSpan _longestSilence = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly IncidentService.IncidentServiceClient _incidents = new(server.Invoker);
    private long _started;
    private long _spokeAt;
    private int _month;

    public async Task PlayAsync(CancellationToken cancellation)
    {
        server.OnAway = reason => Console.WriteLine(reason is null ? "the server is back" : $"waiting for the server: {reason}");
        _started = _spokeAt = _time.GetTimestamp();
        Console.WriteLine($"{plan.File.Name}, seed {plan.Seed}: {plan.File.Start:yyyy-MM-dd} to {plan.File.End:yyyy-MM-dd}, {run.Stations.Count} stations joined");
        await run.PlayAsync(now => AfterBeatAsync(now, cancellation), cancellation);
    }

    private async Task AfterBeatAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var day = plan.Calendar.DayOf(now);
        if (day.Month == _month && _time.GetElapsedTime(_spokeAt) < _longestSilence)
        {
            return;
        }

        _month = day.Month;
        _spokeAt = _time.GetTimestamp();
        var open = await server.CallAsync(
            options => _incidents.ListIncidentsAsync(new ListIncidentsRequest { RegionCode = plan.File.City, OpenOnly = true, PageSize = 1000 }, options), cancellation);
        Console.WriteLine(
            $"{day:yyyy-MM-dd}  {Progress.Of(plan, now),4:P0}  kits {plan.WorkingKits(plan.File.City, now)}  packets {run.Stations.Sum(station => station.Sealed.Count)}  "
            + $"cards {run.Tally.Good}  incidents open {open.Incidents.Count}  {_time.GetElapsedTime(_started).TotalSeconds:0.0} s");
    }
}

/// <summary>How far a run has come through its days.</summary>
internal static class Progress
{
    public static double Of(FleetPlan plan, DateTimeOffset now) =>
        Math.Clamp((now - plan.Start).TotalDays / (plan.End - plan.Start).TotalDays, 0, 1);
}
