using System.Text;
using System.Text.Json;
using Grpc.Core;
using Ktp.Journal.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Testing;
using Xunit;
using JournalClient = Ktp.Journal.V1.JournalService.JournalServiceClient;

namespace KtpGrpc.Server.Tests.Journal;

public sealed class JournalProofTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Facts_Proven_AreInTheTreeOfTheSignedCheckpoint(Engine engine)
    {
        await using var server = await WithFactsAsync(engine, 7);
        var journal = new JournalClient(server.Admin);

        var proven = await journal.ProveFactsAsync(new ProveFactsRequest { Positions = { 5, 0, 3 } });

        Assert.Equal([0, 3, 5], proven.Facts.Select(fact => fact.Fact.Position));
        Assert.All(proven.Facts, fact => Assert.True(Rfc6962.Includes(
            fact.Fact.Hash.ToByteArray(), fact.Fact.Position, proven.Checkpoint.Size, [.. fact.Path.Select(node => node.ToByteArray())], proven.Checkpoint.Root.ToByteArray())));
        Assert.Empty(await server.FaultsAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Checkpoints_OfAGrowingJournal_AreListedAndConsistent(Engine engine)
    {
        await using var server = await WithFactsAsync(engine, 3);
        var journal = new JournalClient(server.Admin);
        var old = (await journal.GetCheckpointAsync(new GetCheckpointRequest())).Checkpoint;
        await AddAsync(server, 4);
        var newer = (await journal.GetCheckpointAsync(new GetCheckpointRequest())).Checkpoint;

        var listed = new List<Checkpoint>();
        var page = new ListCheckpointsResponse();
        do
        {
            page = await journal.ListCheckpointsAsync(new ListCheckpointsRequest { PageSize = 2, PageToken = page.NextPageToken });
            listed.AddRange(page.Checkpoints);
        }
        while (page.NextPageToken.Length > 0);

        Assert.Equal([old, newer], listed.Where(checkpoint => checkpoint.Size == old.Size || checkpoint.Size == newer.Size));
        Assert.Equal(listed.Select(checkpoint => checkpoint.Size).Order().Distinct(), listed.Select(checkpoint => checkpoint.Size));
        foreach (var checkpoint in listed.Where(checkpoint => checkpoint.Size > 0))
        {
            var proof = await journal.ProveConsistencyAsync(new ProveConsistencyRequest { FirstSize = checkpoint.Size, SecondSize = newer.Size });
            Assert.True(Rfc6962.Extends(
                checkpoint.Size, checkpoint.Root.ToByteArray(), newer.Size, newer.Root.ToByteArray(), [.. proof.Path.Select(node => node.ToByteArray())]));
        }
    }

    [Fact]
    public async Task Proofs_OfWhatIsNotThere_AreRefused()
    {
        await using var server = await WithFactsAsync(Engine.Sqlite, 3);
        var journal = new JournalClient(server.Admin);

        foreach (var call in (Func<Task>[])
        [
            () => journal.ProveFactsAsync(new ProveFactsRequest()).ResponseAsync,
            () => journal.ProveFactsAsync(new ProveFactsRequest { Positions = { 3 } }).ResponseAsync,
            () => journal.ProveFactsAsync(new ProveFactsRequest { Positions = { -1 } }).ResponseAsync,
            () => journal.ProveFactsAsync(new ProveFactsRequest { Positions = { 1, 1 } }).ResponseAsync,
            () => journal.ProveConsistencyAsync(new ProveConsistencyRequest { FirstSize = 0, SecondSize = 1 }).ResponseAsync,
            () => journal.ProveConsistencyAsync(new ProveConsistencyRequest { FirstSize = 3, SecondSize = 2 }).ResponseAsync,
            () => journal.ProveConsistencyAsync(new ProveConsistencyRequest { FirstSize = 1, SecondSize = 4 }).ResponseAsync,
            () => ExportAsync(server.Admin, 17),
        ])
        {
            Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);
        }
    }

    [Fact]
    public async Task Proofs_ForAnOfficesViewer_ReachNoFurtherThanHisRegion()
    {
        await using var server = await WithFactsAsync(Engine.Sqlite, 1);
        await server.JoinAsync("53.71.01");
        await server.JoinAsync("53.72.01");
        await WaitForAsync(server, 3);
        var viewer = server.Operator("viewer", "53.71", Role.Viewer);

        var mine = await ExportAsync(viewer, 1);

        Assert.Contains("53.71.01-1", mine, StringComparison.Ordinal);
        foreach (var positions in (long[][])[[0], [2], [1, 2], []])
        {
            var refused = await Assert.ThrowsAsync<RpcException>(() => ExportAsync(viewer, positions));
            Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
        }

        var denied = await Assert.ThrowsAsync<RpcException>(() => new JournalClient(viewer).ProveFactsAsync(new ProveFactsRequest { Positions = { 2 } }).ResponseAsync);
        Assert.Equal(StatusCode.PermissionDenied, denied.StatusCode);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Export_OfAllFacts_IsVerifiedByOpensslAndHoldsEachOnce(Engine engine)
    {
        await using var server = await WithFactsAsync(engine, 230);

        var export = await ExportAsync(server.Admin);

        var lines = export.Split('\n');
        var header = JsonDocument.Parse(lines[0]).RootElement;
        Assert.Equal(("ktp-journal-export-v1", 230, "whole", 230), (
            header.GetProperty("form").GetString(), header.GetProperty("treeSize").GetInt32(), header.GetProperty("facts").GetString(), header.GetProperty("count").GetInt32()));
        Assert.Equal(Enumerable.Range(0, 230), lines[1..231].Select(line => JsonDocument.Parse(line).RootElement.GetProperty("position").GetInt32()));
        Assert.Equal((234, ""), (lines.Length, lines[^1]));
        await Openssl.VerifiesAsync(Encoding.UTF8.GetBytes(export));
    }

    private static async Task<RunningServer> WithFactsAsync(Engine engine, int facts)
    {
        var server = await RunningServer.StartAsync(engine);
        await server.PutRegionsAsync("53.71.01", "53.72.01");
        await AddAsync(server, facts - 1);
        await WaitForAsync(server, facts);
        return server;
    }

    private static async Task AddAsync(RunningServer server, int facts)
    {
        var before = await SizeAsync(server);
        for (var i = before; i < before + facts; i++)
        {
            // Only what is new is a fact.
            await server.PutRegionsAsync($"5{i / 90}.01.{10 + i % 90}");
        }

        await WaitForAsync(server, before + facts);
    }

    private static Task<long> WaitForAsync(RunningServer server, long facts) => Eventually.HoldsAsync(() => SizeAsync(server), size => size >= facts);

    private static async Task<long> SizeAsync(RunningServer server) =>
        (await new JournalClient(server.Admin).GetCheckpointAsync(new GetCheckpointRequest())).Checkpoint.Size;

    private static async Task<string> ExportAsync(CallInvoker caller, params long[] positions)
    {
        using var export = new JournalClient(caller).ExportFacts(new ExportFactsRequest { Positions = { positions } });
        using var file = new MemoryStream();
        await foreach (var piece in export.ResponseStream.ReadAllAsync())
        {
            Assert.InRange(piece.Data.Length, 1, 64 * 1024);
            file.Write(piece.Data.Span);
        }

        return Encoding.UTF8.GetString(file.ToArray());
    }
}
