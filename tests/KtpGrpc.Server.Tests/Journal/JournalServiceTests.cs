using Grpc.Core;
using Ktp.Journal.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Journal;

public sealed class JournalServiceTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Watch_FromAPosition_ResumesWithoutALossOrARepetition(Engine engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        await server.PutRegionsAsync("53.71.04");
        await server.PutRegionsAsync("53.71.05");

        var before = await WatchAsync(server.Admin, from: 0, count: 2);
        await server.JoinAsync("53.71.04");
        await server.JoinAsync("53.71.05");
        var after = await WatchAsync(server.Admin, from: before[^1].Position + 1, count: 2);

        Assert.Equal([0, 1, 2, 3], before.Concat(after).Select(fact => fact.Position));
        Assert.Equal(["stations.joined", "stations.joined"], after.Select(fact => fact.Kind));
        Assert.Equal(["station/53.71.04-1", "station/53.71.05-1"], after.Select(fact => fact.Subject));
    }

    [Fact]
    public async Task Watch_AtTheHead_GetsTheNextFactWhenItIsSealed()
    {
        await using var server = await RunningServer.StartAsync();
        var watching = WatchAsync(server.Admin, from: 0, count: 1);

        await server.PutRegionsAsync("53.71.04");

        Assert.Equal("stations.regions-put", Assert.Single(await watching).Kind);
    }

    [Fact]
    public async Task Watch_FromBelowZero_IsRefused()
    {
        await using var server = await RunningServer.StartAsync();

        var refused = await Assert.ThrowsAsync<RpcException>(() => WatchAsync(server.Admin, from: -1, count: 1));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
    }

    [Fact]
    public async Task Journal_AskedForByAnOperatorOfOneRegion_IsRefused()
    {
        await using var server = await RunningServer.StartAsync();
        var invoker = server.Operator("kupang", "53.71", Role.Admin);
        var journal = new JournalService.JournalServiceClient(invoker);

        var refused = new[]
        {
            await Assert.ThrowsAsync<RpcException>(() => WatchAsync(invoker, from: 0, count: 1)),
            await Assert.ThrowsAsync<RpcException>(() => journal.GetCheckpointAsync(new GetCheckpointRequest()).ResponseAsync),
            await Assert.ThrowsAsync<RpcException>(() => journal.VerifyJournalAsync(new VerifyJournalRequest()).ResponseAsync),
        };

        Assert.All(refused, refusal => Assert.Equal(StatusCode.PermissionDenied, refusal.StatusCode));
    }

    [Fact]
    public async Task Checkpoint_OnTheWire_IsVerifiedByWhatTheContractSays()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync("53.71.04");
        await WatchAsync(server.Admin, from: 0, count: 1);

        var checkpoint = (await new JournalService.JournalServiceClient(server.Admin).GetCheckpointAsync(new GetCheckpointRequest())).Checkpoint;

        using var key = System.Security.Cryptography.ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(checkpoint.PublicKey.Span, out _);
        var line = $"ktp-checkpoint-v1 {checkpoint.Size} {Convert.ToHexStringLower(checkpoint.Root.Span)} {checkpoint.At.ToDateTimeOffset().ToUnixTimeMilliseconds()}";
        Assert.True(key.VerifyData(System.Text.Encoding.UTF8.GetBytes(line), checkpoint.Signature.Span, System.Security.Cryptography.HashAlgorithmName.SHA256));
        Assert.Equal(1, checkpoint.Size);
    }

    private static async Task<List<Fact>> WatchAsync(CallInvoker caller, long from, int count)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        using var watch = new JournalService.JournalServiceClient(caller).WatchFacts(new WatchFactsRequest { FromPosition = from }, cancellationToken: patience.Token);
        var facts = new List<Fact>();
        while (facts.Count < count && await watch.ResponseStream.MoveNext(patience.Token))
        {
            facts.Add(watch.ResponseStream.Current.Fact);
        }

        return facts;
    }
}
