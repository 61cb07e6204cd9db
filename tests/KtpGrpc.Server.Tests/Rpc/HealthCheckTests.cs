using Grpc.Core;
using Grpc.Health.V1;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Xunit;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace KtpGrpc.Server.Tests.Rpc;

public sealed class HealthCheckTests
{
    [Theory]
    [InlineData("")]
    [InlineData("ktp.stations.v1.StationService")]
    [InlineData("ktp.journal.v1.JournalService")]
    [InlineData("grpc.health.v1.Health")]
    public async Task Check_ByAnybodyOfAMappedService_Serves(string service)
    {
        await using var server = await RunningServer.StartAsync();

        var answer = await new global::Grpc.Health.V1.Health.HealthClient(server.Anonymous).CheckAsync(new HealthCheckRequest { Service = service });

        Assert.Equal(ServingStatus.Serving, answer.Status);
    }

    [Fact]
    public async Task Check_OnTheUploadEndpoint_KnowsItsOwnServices()
    {
        await using var server = await RunningServer.StartAsync();
        using var channel = RunningServer.Dial(server.UploadAddress, server.Authority);
        var health = new global::Grpc.Health.V1.Health.HealthClient(channel);

        var answer = await health.CheckAsync(new HealthCheckRequest());
        var unknown = await Assert.ThrowsAsync<RpcException>(() => health.CheckAsync(new HealthCheckRequest { Service = "ktp.stations.v1.StationService" }).ResponseAsync);

        Assert.Equal((ServingStatus.Serving, StatusCode.NotFound), (answer.Status, unknown.StatusCode));
    }

    [Fact]
    public async Task Service_ThatIsNotMapped_IsNotFoundByCheckAndUnknownToWatch()
    {
        await using var server = await RunningServer.StartAsync();
        var health = new global::Grpc.Health.V1.Health.HealthClient(server.Anonymous);

        var unknown = await Assert.ThrowsAsync<RpcException>(() => health.CheckAsync(new HealthCheckRequest { Service = "ktp.nothing.v1.Nothing" }).ResponseAsync);
        using var watch = health.Watch(new HealthCheckRequest { Service = "ktp.nothing.v1.Nothing" });

        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(watch));
    }

    [Fact]
    public async Task Watch_WhileTheDatabaseGoesAndComes_TellsBoth()
    {
        await using var server = await RunningServer.StartAsync(Engine.Postgres);
        foreach (var error in (string[])["The database does not answer", "Sealing the journal failed", "cannot follow the journal", "Follower ", "Timer "])
        {
            server.ExpectError(error);
        }

        using var watch = new global::Grpc.Health.V1.Health.HealthClient(server.Anonymous).Watch(new HealthCheckRequest());
        var before = await NextAsync(watch);

        await LetInAsync(server.Options.Database!, false);
        var without = await NextAsync(watch);
        await LetInAsync(server.Options.Database!, true);
        var again = await NextAsync(watch);

        Assert.Equal([ServingStatus.Serving, ServingStatus.NotServing, ServingStatus.Serving], [before, without, again]);
    }

    [Fact]
    public async Task Watch_WhileTheServerStops_TellsSoAndEnds()
    {
        await using var server = await RunningServer.StartAsync();
        var health = new global::Grpc.Health.V1.Health.HealthClient(server.Anonymous);
        using var watch = health.Watch(new HealthCheckRequest { Service = "ktp.stations.v1.StationService" });
        Assert.Equal(ServingStatus.Serving, await NextAsync(watch));

        server.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        Assert.Equal(ServingStatus.NotServing, await NextAsync(watch));
        Assert.False(await watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(ServingStatus.NotServing, (await health.CheckAsync(new HealthCheckRequest())).Status);
    }

    private static async Task<ServingStatus> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> watch)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        Assert.True(await watch.ResponseStream.MoveNext(patience.Token));
        return watch.ResponseStream.Current.Status;
    }

    /// <summary>Shuts a database to everybody and cuts who is in, or opens it again.</summary>
    private static async Task LetInAsync(string database, bool open)
    {
        var own = new NpgsqlConnectionStringBuilder(database);
        var name = own.Database;
        own.Database = "postgres";
        await using var connection = new NpgsqlConnection(own.ConnectionString);
        await connection.OpenAsync();
        await using var allow = new NpgsqlCommand($"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS {open}", connection);
        await allow.ExecuteNonQueryAsync();
        if (!open)
        {
            await using var cut = new NpgsqlCommand($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'", connection);
            await cut.ExecuteNonQueryAsync();
        }
    }
}
