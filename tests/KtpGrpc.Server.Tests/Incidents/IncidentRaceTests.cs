using Ktp.Incidents.V1;
using KtpGrpc.Server.Incidents;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;
using KtpGrpc.Server.Tests.Storage;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace KtpGrpc.Server.Tests.Incidents;

public sealed class IncidentRaceTests
{
    [Fact]
    public async Task TwoKitsThatDieAtOnce_LeaveTheCountThatIsTrue()
    {
        await using var made = await TestDatabase.CreateAsync(Engine.Postgres);
        foreach (var number in (int[])[1, 2, 3])
        {
            await made.Database.WriteAsync(async tx =>
            {
                await SaveAsync(tx, number, working: true);
                return await KnownStore.CountAsync(tx, "53.71");
            }, CancellationToken.None);
        }

        var both = new Meeting(2);
        var counts = await Task.WhenAll(Enumerable.Range(1, 2).Select(number => made.Database.WriteAsync(async tx =>
        {
            await SaveAsync(tx, number, working: false);
            await both.ArriveAsync();
            return (await KnownStore.CountAsync(tx, "53.71")).Working;
        }, CancellationToken.None)));

        Assert.Equal([1, 2], counts.Order());
        Assert.Equal((3L, 1L), await made.Database.ReadAsync(async tx =>
        {
            var office = (await KnownStore.OfficesAsync(tx)).Single();
            return (office.MostWorking, office.Working);
        }, CancellationToken.None));
    }

    [Fact]
    public async Task EndOfAMaintenance_WaitsForTheFollowersTurn()
    {
        var start = new DateTimeOffset(2016, 8, 1, 0, 0, 0, TimeSpan.Zero);
        await using var server = await RunningServer.StartAsync(Engine.Postgres, scenario: start);
        var database = server.Services.GetRequiredService<Database>();
        await database.WriteAsync(
            tx => KnownStore.SaveAsync(tx, new KnownStation(Id(1), StationStanding.Active, start, true, true, ""), working: false), CancellationToken.None);
        await using var connection = new NpgsqlConnection(server.Options.Database);
        await connection.OpenAsync();
        await using var turn = await connection.BeginTransactionAsync();
        await using (var take = new NpgsqlCommand("SELECT position FROM followers WHERE name = 'incidents' FOR UPDATE", connection))
        {
            await Eventually.HoldsAsync(async () => await take.ExecuteScalarAsync() is not null);
        }

        var ending = server.Services.GetRequiredService<IncidentFollower>().EndMaintenanceAsync(start, CancellationToken.None);
        await Eventually.HoldsAsync(async () => await database.ReadAsync(
            tx => tx.NumberAsync("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"), CancellationToken.None) > 0);
        Assert.Equal(0, await CountOpenAsync(database));
        await turn.CommitAsync();
        await ending;

        Assert.Equal(1, await CountOpenAsync(database));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Cause_CannotHaveTwoOpenIncidents(Engine engine)
    {
        await using var made = await TestDatabase.CreateAsync(engine);
        Task<int> OpenAsync(string id) => made.Database.WriteAsync(tx => tx.ExecuteAsync(
            "INSERT INTO incidents (incident_id, cause, kind, severity, region, station_id, device, summary, opened_at) VALUES ($1, 'kits/53.71', $2, 1, '53.71', '', '', '', 0)",
            id, IncidentKind.OneKitLeft), CancellationToken.None);

        await OpenAsync("1");

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => OpenAsync("2"));
    }

    private static Task<long> CountOpenAsync(Database database) =>
        database.ReadAsync(tx => tx.NumberAsync("SELECT COUNT(*) FROM incidents WHERE kind = $1", IncidentKind.StationSilent), CancellationToken.None);

    private static ValueTask SaveAsync(Tx tx, int number, bool working) =>
        KnownStore.SaveAsync(tx, new KnownStation(Id(number), StationStanding.Active, null, true, !working, ""), working);

    private static StationId Id(int number) => StationId.Of(RegionCode.Trusted("53.71.0" + number), 1);
}
