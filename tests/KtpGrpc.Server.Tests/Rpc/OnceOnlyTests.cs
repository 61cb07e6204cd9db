using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Ktp.Stations.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;
using KtpGrpc.Server.Tests.Storage;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Rpc;

public sealed class OnceOnlyTests
{
    private static readonly DateTimeOffset _now = DateTimeOffset.UnixEpoch.AddYears(47);
    private static readonly Caller _someone = new(CallerKind.Operator, "someone", Role.Admin, RegionCode.Country);

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Request_Repeated_GetsTheFirstAnswerAndChangesNothing(Engine engine)
    {
        await using var test = await WithWorkAsync(engine);

        var first = await CallAsync(test, _someone, "1", "53");
        var repeated = await CallAsync(test, _someone, "1", "53");
        var next = await CallAsync(test, _someone, "2", "53");

        Assert.Equal((1, 1, 2), (first.Changed, repeated.Changed, next.Changed));
        Assert.Equal(2, await WorkedAsync(test));
    }

    [Fact]
    public async Task RequestId_UsedForAnotherRequest_IsRefusedAndChangesNothing()
    {
        await using var test = await WithWorkAsync(Engine.Sqlite);
        await CallAsync(test, _someone, "1", "53");

        var refused = await Assert.ThrowsAsync<RpcException>(() => CallAsync(test, _someone, "1", "54"));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Equal(1, await WorkedAsync(test));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task RequestId_ThatIsMissingOrTooLong_IsRefusedAndChangesNothing(string requestId)
    {
        await using var test = await WithWorkAsync(Engine.Sqlite);

        var refused = await Assert.ThrowsAsync<RpcException>(() => CallAsync(test, _someone, requestId, "53"));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Equal(0, await WorkedAsync(test));
    }

    [Fact]
    public async Task RequestId_OfAnotherCaller_IsAnotherRequest()
    {
        await using var test = await WithWorkAsync(Engine.Sqlite);
        await CallAsync(test, _someone, "1", "53");

        var other = await CallAsync(test, _someone with { Name = "other" }, "1", "54");

        Assert.Equal(2, other.Changed);
    }

    [Fact]
    public async Task Request_ThatWasRefused_MayBeTriedAgain()
    {
        await using var test = await WithWorkAsync(Engine.Sqlite);
        await Assert.ThrowsAsync<RpcException>(() => CallAsync(test, _someone, "1", "53", () => throw Refuse.Precondition("not yet")));

        var answered = await CallAsync(test, _someone, "1", "53");

        Assert.Equal(1, answered.Changed);
    }

    [Fact]
    public async Task Request_SentTwiceAtOnceOnPostgres_WorksOnceAndAnswersTwice()
    {
        await using var test = await WithWorkAsync(Engine.Postgres);
        var both = new Meeting(2);
        var attempts = 0;

        var answers = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => CallAsync(
            test, _someone, "1", "53", () => Interlocked.Increment(ref attempts) <= 2 ? both.ArriveAsync() : Task.CompletedTask)));

        Assert.Equal([1, 1], answers.Select(answer => answer.Changed));
        Assert.Equal(1, await WorkedAsync(test));
    }

    [Fact]
    public async Task Answers_OlderThanTheirTime_AreForgotten()
    {
        await using var test = await WithWorkAsync(Engine.Sqlite);
        await CallAsync(test, _someone, "1", "53");

        var kept = await Once(test).ForgetOldAsync(_now + OnceOnly.KeptFor, CancellationToken.None);
        var forgotten = await Once(test).ForgetOldAsync(_now + OnceOnly.KeptFor + TimeSpan.FromMilliseconds(1), CancellationToken.None);

        Assert.Equal((0, 1), (kept, forgotten));
    }

    [Fact]
    public async Task Answers_WhenTheirWeekIsOverInAScenario_AreForgottenByTheServer()
    {
        await using var server = await RunningServer.StartAsync(scenario: _now);
        await server.PutRegionsAsync("53.71.04");

        await server.AdvanceAsync((_now + OnceOnly.KeptFor));
        var kept = await CountAsync(server);
        await server.AdvanceAsync((_now + OnceOnly.KeptFor + TimeSpan.FromHours(1)));

        Assert.Equal((1, 0), (kept, await CountAsync(server)));
    }

    [Fact]
    public async Task Request_InTheTable_CannotBeTriedOutWithoutTheKey()
    {
        await using var test = await WithWorkAsync(Engine.Sqlite);
        await CallAsync(test, _someone, "1", "53");

        var digest = await test.Database.ReadAsync(tx => tx.FirstAsync("SELECT digest FROM requests", row => row.GetBytes(0)), CancellationToken.None);
        var request = new PutRegionsRequest { RequestId = "1", Regions = { new Region { Code = "53" } } };

        Assert.Equal(new KeyedHash(test.Folder).Of("request", request.ToByteArray()), digest);
        Assert.NotEqual(new KeyedHash(new DataFolder(test.Folder.Root, test.Folder.Root + "-other")).Of("request", request.ToByteArray()), digest);
        Assert.NotEqual(SHA256.HashData(request.ToByteArray()), digest);
    }

    /// <summary>Work that leaves one row and answers with how many there are.</summary>
    private static Task<PutRegionsResponse> CallAsync(TestDatabase test, Caller caller, string requestId, string code, Func<Task>? before = null)
    {
        var request = new PutRegionsRequest { RequestId = requestId, Regions = { new Region { Code = code } } };
        return Once(test).WriteAsync(caller, requestId, request, _now, async tx =>
        {
            await (before?.Invoke() ?? Task.CompletedTask);
            await tx.ExecuteAsync("INSERT INTO work (id) SELECT COUNT(*) FROM work");
            return new PutRegionsResponse { Changed = (int)await tx.NumberAsync("SELECT COUNT(*) FROM work") };
        }, CancellationToken.None);
    }

    private static OnceOnly Once(TestDatabase test) => new(test.Database, new KeyedHash(test.Folder));

    private static async Task<TestDatabase> WithWorkAsync(Engine engine)
    {
        var test = await TestDatabase.CreateAsync(engine);
        await test.Database.WriteAsync(tx => tx.ExecuteAsync("CREATE TABLE work (id BIGINT NOT NULL)"), CancellationToken.None);
        return test;
    }

    private static Task<long> CountAsync(RunningServer server) =>
        server.Services.GetRequiredService<Database>().ReadAsync(tx => tx.NumberAsync("SELECT COUNT(*) FROM requests"), CancellationToken.None);

    private static Task<long> WorkedAsync(TestDatabase test) => test.Database.ReadAsync(tx => tx.NumberAsync("SELECT COUNT(*) FROM work"), CancellationToken.None);
}
