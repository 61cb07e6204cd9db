using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Health.V1;
using Ktp.Printing.V1;
using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Printing;

/// <summary>The print queue on the wire: officers feed and steer it, stations lease from it and report to it.</summary>
internal sealed class PrintingService(
    Database database, OnceOnly once, JournalWriter journal, CitizenRegister citizens, PayloadProtection payloads, StationPrinting stations, DomainClock clock)
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

            var id = JobId.New(now);
            await journal.AcceptAsync(tx, now, caller.Actor, new JobEnqueued(
                id.Value, region.Value, citizenId.Value, issuance, Guid.NewGuid().ToString("N"), priority, held));
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
        return SteerAsync(context, request.RequestId, request, request.JobId, job => Steering.Cancel(job, reason), job => new CancelJobResponse { Job = job });
    }

    [Right(Station = true)]
    public override async Task<LeaseJobsResponse> LeaseJobs(LeaseJobsRequest request, ServerCallContext context)
    {
        var station = StationId.Of(Caller.Of(context));
        var most = Require.Within(request.MaxJobs, "max_jobs", 1, 16);
        if (request.Printer?.Kind != DeviceKind.Printer)
        {
            throw Refuse.Invalid("printer must be the device that will print: kind PRINTER and its serial.");
        }

        var printer = Require.Text(request.Printer.Serial, "printer.serial", 64);
        var leased = await stations.LeaseAsync(station, printer, most, clock.Now, context.CancellationToken);
        return new LeaseJobsResponse
        {
            Leases =
            {
                leased.Select(lease => new Lease
                {
                    JobId = lease.Job.Id.Value,
                    Epoch = lease.Job.Epoch,
                    LastsFor = Leasing.LeaseLasts.ToDuration(),
                    CardPayload = ByteString.CopyFrom(payloads.Unprotect(lease.Payload)),
                    IssuanceId = lease.Job.IssuanceId,
                }),
            },
        };
    }

    [Right(Station = true)]
    public override async Task<ReturnJobResponse> ReturnJob(ReturnJobRequest request, ServerCallContext context)
    {
        var station = StationId.Of(Caller.Of(context));
        Done(await stations.ReturnAsync(station, JobId.Require(request.JobId), RequireEpoch(request.Epoch), clock.Now, context.CancellationToken));
        return new ReturnJobResponse();
    }

    [Right(Station = true)]
    public override async Task<StartAttemptResponse> StartAttempt(StartAttemptRequest request, ServerCallContext context)
    {
        var station = StationId.Of(Caller.Of(context));
        var printer = Require.Text(request.PrinterSerial, "printer_serial", 64);
        var (decision, blank) = await stations.StartAsync(
            station, JobId.Require(request.JobId), RequireEpoch(request.Epoch), printer, request.CardsPickedBefore, clock.Now, context.CancellationToken);
        Done(decision);
        return new StartAttemptResponse { BlankSerial = blank };
    }

    [Right(Station = true)]
    public override async Task<ReportAttemptResponse> ReportAttempt(ReportAttemptRequest request, ServerCallContext context)
    {
        var station = StationId.Of(Caller.Of(context));
        var report = PrintingWire.RequireReport(request);
        var state = Done(await stations.ReportAsync(station, JobId.Require(request.JobId), report, clock.Now, context.CancellationToken));
        return new ReportAttemptResponse { State = PrintingWire.ToWire(state) };
    }

    [Right(Station = true)]
    public override async Task<ReconcileAttemptsResponse> ReconcileAttempts(ReconcileAttemptsRequest request, ServerCallContext context)
    {
        var station = StationId.Of(Caller.Of(context));
        Require.Within(request.Attempts.Count, "the number of attempts", 0, Leasing.MostHeld);
        var believed = request.Attempts.Select(attempt => (JobId.Require(attempt.JobId), attempt.Epoch)).ToHashSet();
        var (stale, settled) = await stations.ReconcileAsync(station, believed, clock.Now, context.CancellationToken);
        return new ReconcileAttemptsResponse { Stale = { stale.Select(ToWire) }, Settled = { settled.Select(ToWire) } };
    }

    [Right(Role.Viewer)]
    public override async Task<ListJobsResponse> ListJobs(ListJobsRequest request, ServerCallContext context)
    {
        var region = Require.Region(request.RegionCode);
        Caller.Of(context).RequireRegion(region);
        var page = Page.Of(request.PageSize, request.PageToken);
        JobState? state = request.State == Ktp.Printing.V1.JobState.Unspecified ? null : System.Enum.IsDefined((JobState)request.State)
            ? (JobState)request.State
            : throw Refuse.Invalid("state is not one that a job can be in.");
        var jobs = await database.ReadAsync(tx => JobStore.ListAsync(tx, region, state, page.After, page.Limit), context.CancellationToken);
        var next = page.Cut(jobs, job => job.Id.Value);
        return new ListJobsResponse { Jobs = { jobs.Select(PrintingWire.ToWire) }, NextPageToken = next };
    }

    [Right(Role.Viewer)]
    public override async Task<GetTotalsResponse> GetTotals(GetTotalsRequest request, ServerCallContext context)
    {
        var region = Require.Region(request.RegionCode);
        Caller.Of(context).RequireRegion(region);
        var (enqueued, jobs) = await database.ReadAsync(tx => JobStore.GetTotalsAsync(tx, region), context.CancellationToken);
        return new GetTotalsResponse
        {
            Enqueued = enqueued,
            Totals = { jobs.Select(total => new StateTotal { State = PrintingWire.ToWire(total.Key), Jobs = total.Value }) },
        };
    }

    /// <summary>A change of one job by an officer: load, decide, accept.</summary>
    private async Task<TResponse> SteerAsync<TResponse>(
        ServerCallContext context, string requestId, IMessage request, string jobId, Func<Job, Decision> decide, Func<Ktp.Printing.V1.Job, TResponse> answer)
        where TResponse : IMessage<TResponse>, new()
    {
        var caller = Caller.Of(context);
        var id = JobId.Require(jobId);
        var now = clock.Now;
        return await once.WriteAsync(caller, requestId, request, now, async tx =>
        {
            var job = await JobStore.LockAsync(tx, id) ?? throw Refuse.NotFound($"Job {id} is not known.");
            caller.RequireRegion(job.Region);
            var decision = decide(job);
            Done(decision);
            if (decision is Decision.Accept accept)
            {
                await journal.AcceptAsync(tx, now, caller.Actor, accept.Fact);
            }

            return answer(PrintingWire.ToWire((await JobStore.FindAsync(tx, id))!));
        }, context.CancellationToken);
    }

    private static long RequireEpoch(long epoch) => Require.Within(epoch, "epoch", 1, long.MaxValue);

    /// <summary>The job's state after a decision; refuses with what the rule said.</summary>
    private static JobState Done(Decision decision) => decision switch
    {
        Decision.Reject rejected => throw PrintingWire.ToStatus(rejected),
        Decision.AsBefore before => before.Answer,
        Decision.Accept { Fact: AttemptPrinted } => JobState.Printed,
        Decision.Accept { Fact: AttemptFailed failed } => failed.Next,
        Decision.Accept { Fact: AttemptUnknown } => JobState.Unknown,
        _ => JobState.Ready,
    };

    private static ActiveAttempt ToWire((JobId Job, long Epoch) attempt) => new() { JobId = attempt.Job.Value, Epoch = attempt.Epoch };
}
