using Google.Protobuf;
using Grpc.Core;
using Ktp.Printing.V1;
using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Printing;

/// <summary>The print queue on the wire: officers feed and steer it, stations lease from it and report to it.</summary>
internal sealed partial class PrintingService(
    Database database, OnceOnly once, JobWriter journal, CitizenRegister citizens, PayloadProtection payloads, StationPrinting stations,
    PrintingInstruments instruments, DomainClock clock)
    : Ktp.Printing.V1.PrintingService.PrintingServiceBase
{
    private const int MostPayload = 65_536;

    [Right(Role.Officer)]
    public override async Task<EnqueueJobResponse> EnqueueJob(EnqueueJobRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var region = Require.Region(request.RegionCode) is { Depth: 2 or 3 } code
            ? code
            : throw Refuse.Invalid("region_code must be a district's or regency's: PP.KK.DD or PP.KK.");
        caller.RequireRegion(region);
        var citizen = citizens.Protect(Nik.Require(request.Nik), Require.Text(request.Name, "name", 200));
        var issuance = Require.Within(request.IssuanceNumber, "issuance_number", 1, 1_000);
        var priority = PrintingWire.RequirePriority(request.Priority);
        Require.Within(request.CardPayload.Length, "the length of card_payload", 1, MostPayload);
        var replaces = Require.Within(request.ReplacesSerial, "replaces_serial", 0, SerialRange.MostSerial);
        var held = request.HeldReason.Length == 0 ? "" : Require.Text(request.HeldReason, "held_reason", 200);
        var payload = payloads.Protect(request.CardPayload.ToByteArray());
        var now = clock.Now;
        return await once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            _ = await StationStore.RegionNameAsync(tx, region) ?? throw Refuse.NotFound($"Region '{region}' is not known.");
            var citizenId = await CitizenRegister.FindOrAddAsync(tx, citizen);
            if (await JobStore.FindIssuanceAsync(tx, citizenId, issuance) is { } known)
            {
                caller.RequireRegion(known.Region);
                return new EnqueueJobResponse { Job = PrintingWire.ToWire(known), Existed = true };
            }

            await RequireWithdrawnAsync(tx, replaces);
            var id = JobId.New(now);
            await journal.AcceptAsync(tx, now, caller.Actor, new JobEnqueued(
                id.Value, region.Value, citizenId.Value, issuance, Guid.NewGuid().ToString("N"), priority, held, replaces));
            await JobStore.KeepPayloadAsync(tx, id, payload);
            return new EnqueueJobResponse { Job = PrintingWire.ToWire((await JobStore.FindAsync(tx, id))!) };
        }, context.CancellationToken);
    }

    [Right(Role.Officer)]
    public override Task<HoldJobResponse> HoldJob(HoldJobRequest request, ServerCallContext context)
    {
        var reason = Require.Text(request.Reason, "reason", 200);
        return SteerAsync(context, request.RequestId, request, request.JobId, job => Steering.Hold(job, reason), job => new HoldJobResponse { Job = job });
    }

    [Right(Role.Officer)]
    public override Task<ReleaseJobResponse> ReleaseJob(ReleaseJobRequest request, ServerCallContext context) =>
        SteerAsync(context, request.RequestId, request, request.JobId, Steering.Release, job => new ReleaseJobResponse { Job = job });

    [Right(Role.Officer)]
    public override Task<CancelJobResponse> CancelJob(CancelJobRequest request, ServerCallContext context)
    {
        var reason = Require.Text(request.Reason, "reason", 200);
        return SteerAsync(
            context, request.RequestId, request, request.JobId, (job, attempt, blank) => Steering.Cancel(job, attempt, blank, reason), job => new CancelJobResponse { Job = job });
    }

    [Right(Role.Officer)]
    public override Task<ResolveAttemptResponse> ResolveAttempt(ResolveAttemptRequest request, ServerCallContext context)
    {
        var (epoch, finding) = (RequireEpoch(request.Epoch), PrintingWire.RequireFinding(request.Finding));
        var chip = finding == Finding.Printed ? Require.Text(request.ChipUid, "chip_uid", 64) : "";
        var serial = finding == Finding.NoCard ? 0 : Require.Within(request.BlankSerial, "blank_serial", 1, SerialRange.MostSerial);
        var (person, now) = (Caller.Of(context).Actor, clock.Now);
        return SteerAsync(
            context, request.RequestId, request, request.JobId,
            (job, attempt, _) => Resolving.Resolve(job, attempt, epoch, finding, chip, serial, person, now),
            job => new ResolveAttemptResponse { Job = job, AwaitsSecond = finding == Finding.NoCard && job.State == Ktp.Printing.V1.JobState.Unknown });
    }

    [Right(Role.Officer)]
    public override Task<VerifyCardResponse> VerifyCard(VerifyCardRequest request, ServerCallContext context)
    {
        var chip = Require.Text(request.ChipUid, "chip_uid", 64);
        var serial = Require.Within(request.BlankSerial, "blank_serial", 1, SerialRange.MostSerial);
        return SteerAsync(
            context, request.RequestId, request, request.JobId, (job, attempt, blank) => Handing.Verify(job, attempt, blank, chip, serial, request.RecordMatches),
            job => new VerifyCardResponse { Job = job });
    }

    [Right(Role.Officer)]
    public override Task<HandOverCardResponse> HandOverCard(HandOverCardRequest request, ServerCallContext context) =>
        SteerAsync(context, request.RequestId, request, request.JobId, Handing.HandOver, job => new HandOverCardResponse { Job = job });

    [Right(Role.Viewer)]
    public override async Task<ListJobsResponse> ListJobs(ListJobsRequest request, ServerCallContext context)
    {
        var region = Require.Region(request.RegionCode);
        Caller.Of(context).RequireRegion(region);
        var page = Page.Of(request.PageSize, request.PageToken);
        JobState? state = request.State == Ktp.Printing.V1.JobState.Unspecified ? null : System.Enum.IsDefined((JobState)request.State)
            ? (JobState)request.State
            : throw Refuse.Invalid("state is not one that a job can be in.");
        var jobs = await database.ReadAsync(tx => QueueView.ListAsync(tx, region, state, page.After, page.Limit), context.CancellationToken);
        var next = page.Cut(jobs, job => job.Id.Value);
        return new ListJobsResponse { Jobs = { jobs.Select(PrintingWire.ToWire) }, NextPageToken = next };
    }

    [Right(Role.Viewer)]
    public override async Task<GetTotalsResponse> GetTotals(GetTotalsRequest request, ServerCallContext context)
    {
        var region = Require.Region(request.RegionCode);
        Caller.Of(context).RequireRegion(region);
        var (enqueued, jobs) = await database.ReadAsync(tx => QueueView.GetTotalsAsync(tx, region), context.CancellationToken);
        return new GetTotalsResponse
        {
            Enqueued = enqueued,
            Totals = { jobs.Select(total => new StateTotal { State = PrintingWire.ToWire(total.Key), Jobs = total.Value }) },
        };
    }

    private Task<TResponse> SteerAsync<TResponse>(
        ServerCallContext context, string requestId, IMessage request, string jobId, Func<Job, Decision> decide, Func<Ktp.Printing.V1.Job, TResponse> answer)
        where TResponse : IMessage<TResponse>, new() =>
        SteerAsync(context, requestId, request, jobId, (job, _, _) => decide(job), answer);

    /// <summary>A change of one job by an officer, with its attempt and that one's blank: load, decide, accept.</summary>
    private async Task<TResponse> SteerAsync<TResponse>(
        ServerCallContext context, string requestId, IMessage request, string jobId, Func<Job, Attempt?, Card?, Decision> decide,
        Func<Ktp.Printing.V1.Job, TResponse> answer)
        where TResponse : IMessage<TResponse>, new()
    {
        var caller = Caller.Of(context);
        var id = JobId.Require(jobId);
        var now = clock.Now;
        Decision.Accept? accepted = null;
        var response = await once.WriteAsync(caller, requestId, request, now, async tx =>
        {
            var job = await JobStore.LockAsync(tx, id) ?? throw Refuse.NotFound($"Job {id} is not known.");
            caller.RequireRegion(job.Region);
            var attempt = await AttemptStore.FindAsync(tx, id, job.Epoch);
            var decision = decide(job, attempt, attempt is null ? null : await CardStore.LockAsync(tx, attempt.BlankSerial));
            Done(decision);
            accepted = decision as Decision.Accept;
            if (accepted is not null)
            {
                await journal.AcceptAsync(tx, now, caller.Actor, accepted.Facts);
            }

            return answer(PrintingWire.ToWire((await JobStore.FindAsync(tx, id))!));
        }, context.CancellationToken);
        accepted?.Facts.ToList().ForEach(instruments.Accepted);
        return response;
    }

    /// <summary>A card that a new one replaces must have been taken back: spoiled ones are nobody's.</summary>
    private static async ValueTask RequireWithdrawnAsync(Tx tx, long serial)
    {
        if (serial != 0 && await CardStore.FindAsync(tx, serial) is not
            {
                State: CardState.Custody or CardState.Listed or CardState.Destroyed,
                Reason: InvalidReason.Damaged or InvalidReason.Status or InvalidReason.Moved or InvalidReason.Corrected,
            })
        {
            throw Refuse.Precondition($"Card {serial} was not withdrawn: withdraw it first.");
        }
    }

    /// <summary>The job's state after a decision; refuses with what the rule said.</summary>
    private static JobState Done(Decision decision) => decision switch
    {
        Decision.Reject rejected => throw PrintingWire.ToStatus(rejected),
        Decision.AsBefore before => before.Answer,
        Decision.Accept { Fact: AttemptPrinted printed } => printed.Next ?? JobState.Printed,
        Decision.Accept { Fact: AttemptNotFed notFed } => notFed.Next ?? JobState.Ready,
        Decision.Accept { Fact: AttemptFailed failed } => failed.Next,
        Decision.Accept { Fact: AttemptUnknown } => JobState.Unknown,
        _ => JobState.Ready,
    };

}
