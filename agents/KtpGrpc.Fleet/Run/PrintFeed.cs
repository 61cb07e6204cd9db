using Google.Protobuf;
using Ktp.Printing.V1;
using KtpGrpc.Fleet.Plan;

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

        var chance = Chance.Of(plan.Seed, "feed", day.DayNumber);
        var jobs = new EnqueueJobRequest[feed.PerDay.DrawWhole(ref chance)];
        for (var at = 0; at < jobs.Length; at++)
        {
            jobs[at] = Job(_released + at, feed.Region, Priority(feed.Priorities, chance.NextDouble()));
        }

        for (var at = 0; at < jobs.Length; at++)
        {
            await advance(now.AddMilliseconds(at - jobs.Length), cancellation);
            await server.CallAsync(options => _printing.EnqueueJobAsync(jobs[at], options), cancellation);
        }

        _released += jobs.Length;
        _fedUntil = day;
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
