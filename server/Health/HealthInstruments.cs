using System.Diagnostics.Metrics;
using System.Globalization;
using Ktp.Health.V1;

namespace KtpGrpc.Server.Health;

/// <summary>Samples taken and refused, and the fleet's conditions by province: never by station.</summary>
internal sealed class HealthInstruments
{
    private const int Provinces = 100;

    private static readonly string[] _states = [.. Enum.GetValues<ConditionState>().Select(state => state.ToString().ToLowerInvariant())];

    private readonly Counter<long> _taken;
    private readonly Counter<long> _refused;

    public HealthInstruments(IMeterFactory meters, HealthMemory memory)
    {
        var meter = meters.Create("ktp.health");
        _taken = meter.CreateCounter<long>("ktp.health.samples", "{sample}", "Samples taken.");
        _refused = meter.CreateCounter<long>("ktp.health.samples.refused", "{sample}", "Samples of batches that were refused.");
        meter.CreateObservableGauge("ktp.health.conditions", () => Count(memory), "{device}", "Devices and stations, by what is believed of them and by province.");
        Taken(0);
        Refused(0);
    }

    public void Taken(int samples) => _taken.Add(samples);

    public void Refused(int samples) => _refused.Add(samples);

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
                    measurements.Add(new Measurement<long>(counts[province, state], new("region", province.ToString("00", CultureInfo.InvariantCulture)), new("state", _states[state])));
                }
            }
        }

        return measurements;
    }

    /// <summary>A code begins with two digits.</summary>
    private static int NumberOf(string code) => 10 * (code[0] - '0') + code[1] - '0';

    private static void Add(long[,] counts, int province, Condition? condition)
    {
        if (condition is not null)
        {
            counts[province, (int)condition.State]++;
        }
    }
}
