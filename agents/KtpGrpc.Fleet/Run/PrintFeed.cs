using Google.Protobuf;
using Ktp.Printing.V1;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Run;

/// <summary>
/// The centre's release of print-ready records: once a working day, just before the office opens. Each has a millisecond of its own,
/// for the server orders jobs by the moment they came, and those of one moment by chance.
/// </summary>
internal sealed class PrintFeed(FleetPlan plan, ServerLink server, Func<DateTimeOffset, CancellationToken, Task> advance)
{
    private const int PayloadBytes = 256;

    private readonly PrintingService.PrintingServiceClient _printing = new(server.Invoker);
    private readonly string[] _districts = [.. plan.File.Stations.Select(station => station.District).Distinct()];
    private DateOnly _fedUntil = DateOnly.MinValue;
    private int _released;

    public async Task ReleaseAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var day = plan.Calendar.DayOf(now);
        if (plan.File.Feed is not { } feed || day <= _fedUntil)
        {
            return;
        }

        // A province releases to each of its offices, to all of them at once: their queues are their own.
        string[] regions = feed.Region.Length == 2 ? [.. plan.Offices] : [feed.Region];
        var released = regions.Select(region => JobsOf(feed, region, day, region == feed.Region ? "feed" : "feed/" + region)).ToList();
        var most = released.Max(jobs => jobs.Length);
        for (var at = 0; at < most; at++)
        {
            await advance(now.AddMilliseconds(at - most), cancellation);
            await Task.WhenAll(released.Where(jobs => at < jobs.Length).Select(jobs => server.CallAsync(options => _printing.EnqueueJobAsync(jobs[at], options), cancellation)));
        }

        _fedUntil = day;
    }

    private EnqueueJobRequest[] JobsOf(ScenarioFeed feed, string region, DateOnly day, string subject)
    {
        var chance = Chance.Of(plan.Seed, subject, day.DayNumber);
        var jobs = new EnqueueJobRequest[feed.PerDay.DrawWhole(ref chance)];
        for (var at = 0; at < jobs.Length; at++)
        {
            jobs[at] = Job(_released++, region, Priority(feed.Priorities, chance.NextDouble()));
        }

        return jobs;
    }

    private EnqueueJobRequest Job(int number, string region, JobPriority priority)
    {
        var citizen = InventedCitizens.Number(_districts[number % _districts.Length], number);
        return new EnqueueJobRequest
        {
            RequestId = $"fleet-job-{number}",
            Nik = citizen.Nik.Value,
            Name = citizen.Name,
            IssuanceNumber = 1,
            RegionCode = region,
            Priority = priority,
            CardPayload = Payload(number),
        };
    }

    private ByteString Payload(int number)
    {
        var chance = Chance.Of(plan.Seed, "payload", number);
        var bytes = new byte[PayloadBytes];
        for (var at = 0; at < bytes.Length; at++)
        {
            bytes[at] = (byte)chance.Next(256);
        }

        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    private static JobPriority Priority(IReadOnlyDictionary<JobPriority, double> weights, double draw)
    {
        var left = draw * weights.Values.Sum();
        foreach (var (priority, weight) in weights.OrderBy(weight => weight.Key))
        {
            left -= weight;
            if (left < 0)
            {
                return priority;
            }
        }

        return weights.Keys.Max();
    }
}
