using System.Diagnostics.Metrics;
using Ktp.Health.V1;

namespace KtpGrpc.Server.Health;

/// <summary>Samples taken and refused, and the fleet's conditions by province: never by station.</summary>
internal sealed class HealthInstruments
{
    private readonly Counter<long> _taken;
    private readonly Counter<long> _refused;

    public HealthInstruments(IMeterFactory meters, HealthMemory memory)
    {
        var meter = meters.Create("ktp.health");
        _taken = meter.CreateCounter<long>("ktp.health.samples", "{sample}", "Samples taken.");
        _refused = meter.CreateCounter<long>("ktp.health.samples.refused", "{sample}", "Samples of batches that were refused.");
        meter.CreateObservableGauge("ktp.health.conditions", () => Count(memory), "{device}", "Devices and stations, by what is believed of them and by province.");
    }

    public void Taken(int samples) => _taken.Add(samples);

    public void Refused(int samples) => _refused.Add(samples);

    private static IEnumerable<Measurement<long>> Count(HealthMemory memory)
    {
        var counts = new SortedDictionary<(string Region, ConditionState State), long>();
        foreach (var station in memory.Stations)
        {
            var province = station.Id.Region.Value[..2];
            Add(counts, province, station.Condition);
            foreach (var device in station.Devices)
            {
                Add(counts, province, device.Condition);
            }
        }

        return counts.Select(count => new Measurement<long>(
            count.Value, new("region", count.Key.Region), new("state", count.Key.State.ToString().ToLowerInvariant())));
    }

    private static void Add(SortedDictionary<(string Region, ConditionState State), long> counts, string region, Condition? condition)
    {
        if (condition is not null)
        {
            counts[(region, condition.State)] = counts.GetValueOrDefault((region, condition.State)) + 1;
        }
    }
}
