using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Health.V1;
using Ktp.Printing.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Printing;

/// <summary>What stations call.</summary>
internal sealed partial class PrintingService
{
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
        var ribbon = request.HasRibbonLeft ? Require.Within(request.RibbonLeft, "ribbon_left", 0, int.MaxValue) : (long?)null;
        var ask = new LeaseAsk(printer, most, request.HasCanEncode ? request.CanEncode : null, ribbon);
        var leased = await stations.LeaseAsync(station, ask, clock.Now, context.CancellationToken);
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

    private static long RequireEpoch(long epoch) => Require.Within(epoch, "epoch", 1, long.MaxValue);

    private static ActiveAttempt ToWire((JobId Job, long Epoch) attempt) => new() { JobId = attempt.Job.Value, Epoch = attempt.Epoch };
}
