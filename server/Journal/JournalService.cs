using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Journal.V1;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Journal;

/// <summary>The journal on the wire.</summary>
internal sealed class JournalService(JournalReader reader, CheckpointStore checkpoints, JournalVerification verification, DomainClock clock)
    : Ktp.Journal.V1.JournalService.JournalServiceBase
{
    [Right(Role.Viewer)]
    public override async Task WatchFacts(WatchFactsRequest request, IServerStreamWriter<WatchFactsResponse> responseStream, ServerCallContext context)
    {
        Caller.Of(context).RequireRegion(RegionCode.Country);
        Require.Within(request.FromPosition, "from_position", 0, long.MaxValue);
        await foreach (var fact in reader.FollowAsync(request.FromPosition, context.CancellationToken))
        {
            await responseStream.WriteAsync(new WatchFactsResponse { Fact = ToWire(fact) }, context.CancellationToken);
        }
    }

    [Right(Role.Viewer)]
    public override async Task<GetCheckpointResponse> GetCheckpoint(GetCheckpointRequest request, ServerCallContext context)
    {
        Caller.Of(context).RequireRegion(RegionCode.Country);
        var checkpoint = await checkpoints.TakeAsync(clock.Now, context.CancellationToken);
        return new GetCheckpointResponse
        {
            Checkpoint = new Ktp.Journal.V1.Checkpoint
            {
                Size = checkpoint.Size,
                Root = ByteString.CopyFrom(checkpoint.Root),
                At = checkpoint.At.ToTimestamp(),
                Signature = ByteString.CopyFrom(checkpoint.Signature),
                PublicKey = ByteString.CopyFrom(checkpoint.PublicKey),
            },
        };
    }

    [Right(Role.Admin)]
    public override async Task<VerifyJournalResponse> VerifyJournal(VerifyJournalRequest request, ServerCallContext context)
    {
        Caller.Of(context).RequireRegion(RegionCode.Country);
        var report = await verification.RunAsync(context.CancellationToken);
        return new VerifyJournalResponse { Entries = report.Entries, Verified = report.Faults.Count == 0, Faults = { report.Faults } };
    }

    private static Fact ToWire(SealedFact fact) => new()
    {
        Position = fact.Position,
        At = fact.At.ToTimestamp(),
        Actor = fact.Actor,
        RegionCode = fact.Region,
        Subject = fact.Subject,
        Kind = fact.Kind,
        Payload = fact.Payload,
        Hash = ByteString.CopyFrom(fact.Hash),
    };
}
