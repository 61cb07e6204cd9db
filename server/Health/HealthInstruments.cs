using System.Diagnostics.Metrics;
using System.Globalization;
using Ktp.Health.V1;
using KtpGrpc.Server.Clock;

namespace KtpGrpc.Server.Health;

/// <summary>Samples taken and refused, and the fleet's conditions by province: never by station.</summary>
internal sealed class HealthInstruments
{
    private const int Provinces = 100;

    private static readonly string[] _states = [.. Enum.GetValues<ConditionState>().Select(state => state.ToString().ToLowerInvariant())];

    private readonly Counter<long> _taken;
    private readonly Counter<long> _refused;

    public HealthInstruments(IMeterFactory meters, HealthMemory memory, DomainClock clock)
    {
        var meter = meters.Create("ktp.health");
        _taken = meter.CreateCounter<long>("ktp.health.samples", "{sample}", "Samples taken.");
        _refused = meter.CreateCounter<long>("ktp.health.samples.refused", "{sample}", "Samples of batches that were refused.");
        meter.CreateObservableGauge("ktp.health.conditions", () => Count(memory), "{device}", "Devices and stations, by what is believed of them and by province.");
        meter.CreateObservableGauge("ktp.health.waiting_packets", () => Waiting(memory, all => all.Sum(waiting => waiting.Packets)), "{packet}", "Sealed packets that stations keep until the server has them, by province.");
        meter.CreateObservableGauge("ktp.health.waiting", () => Waiting(memory, all => all.Sum(waiting => waiting.Bytes)), "By", "Bytes of these packets, by province.");
        meter.CreateObservableGauge(
            "ktp.health.waiting_oldest", () => Waiting(memory, all => (long)all.Max(waiting => waiting.Age(clock.Now)).TotalSeconds), "s", "Time since the oldest of these packets was sealed, by province.");
        Taken(0);
        Refused(0);
    }

    public void Taken(int samples) => _taken.Add(samples);

    public void Refused(int samples) => _refused.Add(samples);

    /// <summary>Each server tells of the stations that it hears, and nothing of a province where nothing waits.</summary>
    private static List<Measurement<long>> Waiting(HealthMemory memory, Func<IEnumerable<WaitingPackets>, long> figure) =>
    [
        .. memory.Stations.Where(station => station.IsMine).GroupBy(station => NumberOf(station.Id.Region.Value), station => station.Waiting)
            .Select(province => (province.Key, Told: province.OfType<WaitingPackets>().Where(waiting => waiting.Packets > 0).ToList()))
            .Where(province => province.Told.Count > 0)
            .Select(province => new Measurement<long>(figure(province.Told), new KeyValuePair<string, object?>("region", LabelOf(province.Key)))),
    ];

    private static List<Measurement<long>> Count(HealthMemory memory)
    {
        var counts = new long[Provinces, _states.Length];
        foreach (var station in memory.Stations)
        {
            var province = NumberOf(station.Id.Region.Value);
            Add(counts, province, station.Condition);
            foreach (var device in station.Devices)
            {
                Add(counts, province, device.Condition);
            }
        }

        var measurements = new List<Measurement<long>>();
        for (var province = 0; province < Provinces; province++)
        {
            for (var state = 0; state < _states.Length; state++)
            {
                if (counts[province, state] > 0)
                {
                    measurements.Add(new Measurement<long>(counts[province, state], new("region", LabelOf(province)), new("state", _states[state])));
                }
            }
        }

        return measurements;
    }

    /// <summary>A code begins with two digits.</summary>
    private static int NumberOf(string code) => 10 * (code[0] - '0') + code[1] - '0';

    private static string LabelOf(int province) => province.ToString("00", CultureInfo.InvariantCulture);

    private static void Add(long[,] counts, int province, Condition? condition)
    {
        if (condition is not null)
        {
            counts[province, (int)condition.State]++;
        }
    }
}
