using Google.Protobuf;
using Grpc.Core;
using Ktp.Journal.V1;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Journal;

/// <summary>The journal on the wire.</summary>
internal sealed class JournalService(
    Database database, JournalReader reader, CheckpointStore checkpoints, JournalProofs proofs, JournalVerification verification, DomainClock clock)
    : Ktp.Journal.V1.JournalService.JournalServiceBase
{
    [Right(Role.Viewer)]
    public override async Task WatchFacts(WatchFactsRequest request, IServerStreamWriter<WatchFactsResponse> responseStream, ServerCallContext context)
    {
        Caller.Of(context).RequireRegion(RegionCode.Country);
        Require.Within(request.FromPosition, "from_position", 0, long.MaxValue);
        await foreach (var fact in reader.FollowAsync(request.FromPosition, context.CancellationToken))
        {
            await responseStream.WriteAsync(new WatchFactsResponse { Fact = JournalWire.ToWire(fact) }, context.CancellationToken);
        }
    }

    [Right(Role.Viewer)]
    public override async Task<GetCheckpointResponse> GetCheckpoint(GetCheckpointRequest request, ServerCallContext context)
    {
        Caller.Of(context).RequireRegion(RegionCode.Country);
        return new GetCheckpointResponse { Checkpoint = JournalWire.ToWire(await checkpoints.TakeAsync(clock.Now, context.CancellationToken)) };
    }

    [Right(Role.Viewer)]
    public override async Task<ListCheckpointsResponse> ListCheckpoints(ListCheckpointsRequest request, ServerCallContext context)
    {
        Caller.Of(context).RequireRegion(RegionCode.Country);
        var page = Page.Of(request.PageSize, request.PageToken);
        var after = page.After.Length == 0 ? -1 : long.TryParse(page.After, out var size) ? size : throw Refuse.Invalid("page_token is not one that this list returned.");
        var listed = await database.ReadAsync(tx => CheckpointStore.ListAsync(tx, after, page.Limit), context.CancellationToken);
        var next = page.Cut(listed, checkpoint => $"{checkpoint.Size}");
        return new ListCheckpointsResponse { Checkpoints = { listed.Select(JournalWire.ToWire) }, NextPageToken = next };
    }

    [Right(Role.Viewer)]
    public override async Task<ProveFactsResponse> ProveFacts(ProveFactsRequest request, ServerCallContext context)
    {
        var positions = JournalWire.RequirePositions(request.Positions, least: 1, most: 1_000);
        var (facts, checkpoint) = await proofs.ProveAsync(Caller.Of(context), positions, clock.Now, context.CancellationToken);
        return new ProveFactsResponse { Facts = { facts.Select(JournalWire.ToWire) }, Checkpoint = JournalWire.ToWire(checkpoint) };
    }

    [Right(Role.Viewer)]
    public override async Task<ProveConsistencyResponse> ProveConsistency(ProveConsistencyRequest request, ServerCallContext context)
    {
        Caller.Of(context).RequireRegion(RegionCode.Country);
        var path = await proofs.ProveConsistencyAsync(request.FirstSize, request.SecondSize, context.CancellationToken);
        return new ProveConsistencyResponse { Path = { path.Select(node => ByteString.CopyFrom(node)) } };
    }

    [Right(Role.Viewer)]
    public override Task ExportFacts(ExportFactsRequest request, IServerStreamWriter<ExportFactsResponse> responseStream, ServerCallContext context) =>
        proofs.ExportAsync(
            Caller.Of(context), JournalWire.RequirePositions(request.Positions, least: 0, most: 10_000), clock.Now,
            piece => responseStream.WriteAsync(new ExportFactsResponse { Data = ByteString.CopyFrom(piece.Span) }, context.CancellationToken),
            context.CancellationToken);

    [Right(Role.Admin)]
    public override async Task<VerifyJournalResponse> VerifyJournal(VerifyJournalRequest request, ServerCallContext context)
    {
        Caller.Of(context).RequireRegion(RegionCode.Country);
        var report = await verification.RunAsync(context.CancellationToken);
        return new VerifyJournalResponse { Entries = report.Entries, Verified = report.Faults.Count == 0, Faults = { report.Faults } };
    }
}
