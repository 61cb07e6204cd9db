using System.Globalization;
using System.Text.Json;
using Ktp.Health.V1;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>A row of a list: the condition of one device of one station; the key orders the list.</summary>
internal sealed record ConditionRow(string Key, StationId Station, DeviceKey Device, string Model, Condition Condition)
{
    /// <summary>Told to watchers of a row that is no more.</summary>
    public bool Removed { get; private init; }

    public static ConditionRow Gone(StationId station, DeviceKey device, string model, DateTimeOffset at) =>
        new(device.In(station), station, device, model, Condition.Unknown(at)) { Removed = true };
}

/// <summary>The SQL of conditions; what changes them are facts.</summary>
internal static class HealthStore
{
    private const string Columns = "station_id, kind, serial, model, state, since, evidence, advice";

    public static void AddTo(FactCatalog catalog)
    {
        catalog.AddTables("conditions", "condition_history", "region_silences", "model_shifts");
        catalog.Add(DevicesRegistered.Kind, HealthJson.Default.DevicesRegistered, ApplyAsync);
        catalog.Add(ConditionChanged.Kind, HealthJson.Default.ConditionChanged, ApplyAsync);
        catalog.Add(StationForgotten.Kind, HealthJson.Default.StationForgotten, ApplyAsync);
        catalog.Add(RegionSilenced.Kind, HealthJson.Default.RegionSilenced, ApplyAsync);
        catalog.Add(RegionHeard.Kind, HealthJson.Default.RegionHeard, ApplyAsync);

        catalog.Add(ModelShifted.Kind, HealthJson.Default.ModelShifted, ModelShiftStore.ApplyAsync);
        catalog.Add(ModelRecovered.Kind, HealthJson.Default.ModelRecovered, ModelShiftStore.ApplyAsync);
    }

    /// <summary>The present conditions of a region, by station, kind and serial.</summary>
    public static ValueTask<List<ConditionRow>> ListAsync(Tx tx, RegionCode below, string after, int limit) => tx.ListAsync(
        $"SELECT {Columns}, device_key FROM conditions WHERE device_key >= $1 AND device_key < $2 AND device_key > $3 ORDER BY device_key LIMIT $4",
        Read, below.Range.From, below.Range.To, after, limit);

    public static ValueTask<List<ConditionRow>> ListOfStationAsync(Tx tx, StationId station, string after, int limit) => tx.ListAsync(
        $"SELECT {Columns}, device_key FROM conditions WHERE station_id = $1 AND device_key > $2 ORDER BY device_key LIMIT $3",
        Read, station.Value, after, limit);

    public static ValueTask<ConditionRow?> FindAsync(Tx tx, string deviceKey) => tx.FirstAsync(
        $"SELECT {Columns}, device_key FROM conditions WHERE device_key = $1", Read, deviceKey);

    /// <summary>The changes in a region, oldest first; of one station where it is not null.</summary>
    public static ValueTask<List<ConditionRow>> ListHistoryAsync(Tx tx, RegionCode below, StationId? station, string after, int limit)
    {
        // One index each: a station's, a regency's; a larger region passes over what is not its own.
        var (where, of) = (station, below.Depth) switch
        {
            ({ } id, _) => ("station_id = $5", id.Value),
            (_, >= 2) => ("substr(device_key, 1, 5) = $5", below.Office.Value),
            _ => ("$5 = ''", ""),
        };
        return tx.ListAsync(
            $"SELECT {Columns}, history_key FROM condition_history WHERE {where} AND history_key > $1 AND (device_key >= $2 AND device_key < $3) = TRUE ORDER BY history_key LIMIT $4",
            Read, after, below.Range.From, below.Range.To, limit, of);
    }

    public static ValueTask<List<RegionSilence>> ListSilencesAsync(Tx tx) => tx.ListAsync(
        "SELECT region, since, declared_at, stations FROM region_silences",
        row => new RegionSilence(RegionCode.Trusted(row.GetString(0)), row.GetMoment(1), row.GetMoment(2),
            [.. JsonSerializer.Deserialize(row.GetString(3), HealthJson.Default.IReadOnlyListString)!.Select(StationId.Trusted)]));

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, DevicesRegistered fact)
    {
        var station = StationId.Trusted(fact.StationId);
        var present = fact.Devices.ToDictionary(device => new DeviceKey(device.Kind, device.Serial).In(station));
        foreach (var key in await tx.ListAsync("SELECT device_key FROM conditions WHERE station_id = $1", row => row.GetString(0), fact.StationId))
        {
            if (!present.ContainsKey(key) && key != DeviceKey.Of(station).In(station))
            {
                await tx.ExecuteAsync("DELETE FROM conditions WHERE device_key = $1", key);
            }
        }

        foreach (var (key, device) in present)
        {
            if (fact.Renewed.Contains(device))
            {
                await tx.ExecuteAsync("DELETE FROM conditions WHERE device_key = $1", key);
            }

            await tx.ExecuteAsync(
                $"INSERT INTO conditions (device_key, {Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, '[]', '') ON CONFLICT (device_key) DO UPDATE SET model = excluded.model",
                key, fact.StationId, device.Kind, device.Serial, device.Model, ConditionState.Unknown, at);
        }
    }

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, ConditionChanged fact)
    {
        var key = new DeviceKey(fact.DeviceKind, fact.Serial).In(StationId.Trusted(fact.StationId));
        var evidence = JsonSerializer.Serialize(fact.Evidence, HealthJson.Default.IReadOnlyListEvidence);
        await tx.ExecuteAsync(
            $"INSERT INTO conditions (device_key, {Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (device_key) DO UPDATE SET state = excluded.state, since = excluded.since, evidence = excluded.evidence, advice = excluded.advice",
            key, fact.StationId, fact.DeviceKind, fact.Serial, fact.Model, fact.State, at, evidence, fact.Advice);
        var moment = string.Create(CultureInfo.InvariantCulture, $"{at.ToUnixTimeMilliseconds():D15}/{key}/");
        var number = await tx.NumberAsync("SELECT COUNT(*) FROM condition_history WHERE history_key >= $1 AND history_key < $2", moment, moment + "~") + 1;
        await tx.ExecuteAsync(
            $"INSERT INTO condition_history (history_key, device_key, {Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            string.Create(CultureInfo.InvariantCulture, $"{moment}{number:D9}"),
            key, fact.StationId, fact.DeviceKind, fact.Serial, fact.Model, fact.State, at, evidence, fact.Advice);
    }

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, StationForgotten fact)
    {
        await tx.ExecuteAsync("DELETE FROM conditions WHERE station_id = $1", fact.StationId);
        await tx.ExecuteAsync("DELETE FROM health_probations WHERE station_id = $1", fact.StationId);
    }

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, RegionSilenced fact) => await tx.ExecuteAsync(
        "INSERT INTO region_silences (region, since, declared_at, stations) VALUES ($1, $2, $3, $4) ON CONFLICT (region) DO UPDATE SET stations = excluded.stations, declared_at = excluded.declared_at",
        fact.Region, fact.Since, at, JsonSerializer.Serialize(fact.StationIds, HealthJson.Default.IReadOnlyListString));

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, RegionHeard fact) =>
        await tx.ExecuteAsync("DELETE FROM region_silences WHERE region = $1", fact.Region);

    private static ConditionRow Read(Row row) => new(
        row.GetString(8), StationId.Trusted(row.GetString(0)), new DeviceKey((DeviceKind)row.GetInt64(1), row.GetString(2)), row.GetString(3),
        new Condition((ConditionState)row.GetInt64(4), row.GetMoment(5), JsonSerializer.Deserialize(row.GetString(6), HealthJson.Default.IReadOnlyListEvidence)!, row.GetString(7)));
}
