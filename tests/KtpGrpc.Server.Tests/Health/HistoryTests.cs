using KtpGrpc.Server.Health;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;
using KtpGrpc.Server.Tests.Storage;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Health;

public sealed class HistoryTests
{
    private static readonly string _migration = typeof(HealthStore).Assembly.GetManifestResourceNames().Single(name => name.EndsWith("0014.sql", StringComparison.Ordinal));

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Keys_FromBefore_AreNumberedAsAFoldNumbersThem(Engine engine)
    {
        await using var made = await TestDatabase.CreateAsync(engine);
        string[] before = ["000000000000001/53.71.04-1/iris/A/000000007", "000000000000001/53.71.04-1/iris/A/000000008", "000000000000001/53.71.04-1/iris/B/000000002", "000000000000002/53.71.04-1/iris/A/000000009"];
        foreach (var key in before)
        {
            await InsertAsync(made.Database, key, "53.71.04-1");
        }

        using var reader = new StreamReader(typeof(HealthStore).Assembly.GetManifestResourceStream(_migration)!);
        foreach (var statement in (await reader.ReadToEndAsync()).Split(";\n").Where(statement => statement.Contains("UPDATE ", StringComparison.Ordinal)))
        {
            await made.Database.WriteAsync(tx => tx.ExecuteAsync(statement), CancellationToken.None);
        }

        var after = await made.Database.ReadAsync(tx => tx.ListAsync("SELECT history_key FROM condition_history ORDER BY history_key", row => row.GetString(0)), CancellationToken.None);
        Assert.Equal(["000000000000001/53.71.04-1/iris/A/000000001", "000000000000001/53.71.04-1/iris/A/000000002", "000000000000001/53.71.04-1/iris/B/000000001", "000000000000002/53.71.04-1/iris/A/000000001"], after);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Lists_OfAStationAnOfficeADistrictAndTheCountry_HoldWhatIsTheirs(Engine engine)
    {
        await using var made = await TestDatabase.CreateAsync(engine);
        string[] stations = ["53.71.04-1", "53.71.04-2", "53.71.05-1", "53.72.01-1", "11.01.01-1"];
        foreach (var (station, moment) in stations.Select((station, moment) => (station, moment)))
        {
            await InsertAsync(made.Database, $"{moment:D15}/{station}/iris/A/000000001", station);
        }

        Task<List<string>> ListAsync(string region, string? station) => made.Database.ReadAsync(async tx => (await HealthStore.ListHistoryAsync(
            tx, RegionCode.Trusted(region), station is null ? null : StationId.Trusted(station), "", 100)).ConvertAll(row => row.Station.Value), CancellationToken.None);

        Assert.Equal(stations, await ListAsync("", null));
        Assert.Equal(stations[..4], await ListAsync("53", null));
        Assert.Equal(stations[..3], await ListAsync("53.71", null));
        Assert.Equal(stations[..2], await ListAsync("53.71.04", null));
        Assert.Equal(["53.71.04-2"], await ListAsync("53.71", "53.71.04-2"));
    }

    private static Task<int> InsertAsync(Database database, string key, string station) => database.WriteAsync(tx => tx.ExecuteAsync(
        "INSERT INTO condition_history (history_key, device_key, station_id, kind, serial, model, state, since, evidence, advice) VALUES ($1, $2, $3, 3, 'A', 'A', 2, 0, '[]', '')",
        key, $"{station}/iris/A", station), CancellationToken.None);
}
