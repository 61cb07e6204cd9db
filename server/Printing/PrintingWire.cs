using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Printing.V1;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Printing;

/// <summary>Jobs, reports and refusals as the wire has them.</summary>
internal static class PrintingWire
{
    public static Ktp.Printing.V1.Job ToWire(Job job) => new()
    {
        JobId = job.Id.Value,
        RegionCode = job.Region.Value,
        State = ToWire(job.State),
        Priority = (Ktp.Printing.V1.JobPriority)job.Priority,
        EnqueuedAt = job.EnqueuedAt.ToTimestamp(),
        Epoch = job.Epoch,
        StationId = job.Station?.Value ?? "",
        Reason = job.Reason,
        CancelRequested = job.CancelRequested,
        ReplacesSerial = job.ReplacesSerial,
    };

    public static Ktp.Printing.V1.Printer ToWire(Printer printer, DateTimeOffset now) => new()
    {
        StationId = printer.Station.Value,
        PrintRegionCode = printer.Prints.Value,
        DrainedReason = printer.IsDrained(now) ? printer.DrainedReason : "",
        DrainedUntil = printer.IsDrained(now) ? printer.DrainedUntil?.ToTimestamp() : null,
        UnexplainedPicks = printer.UnexplainedPicks,
    };

    public static Finding RequireFinding(Ktp.Printing.V1.Finding finding) => System.Enum.IsDefined((Finding)finding)
        ? (Finding)finding
        : throw Refuse.Invalid("finding must be one of PRINTED, PRINT_FAILED, ENCODE_FAILED, FEED_FAILED, NOT_FED and NO_CARD.");

    public static Ktp.Printing.V1.JobState ToWire(JobState state) => (Ktp.Printing.V1.JobState)state;

    public static JobPriority RequirePriority(Ktp.Printing.V1.JobPriority priority) => System.Enum.IsDefined((JobPriority)priority)
        ? (JobPriority)priority
        : throw Refuse.Invalid("priority must be one of FIRST_TIME, DISASTER, SUKET_REPLACEMENT and OTHER.");

    public static Report RequireReport(ReportAttemptRequest request)
    {
        var printer = Require.Text(request.PrinterSerial, "printer_serial", 64);
        var epoch = Require.Within(request.Epoch, "epoch", 1, long.MaxValue);
        return request.OutcomeCase switch
        {
            ReportAttemptRequest.OutcomeOneofCase.Printed => new Report(
                epoch, printer, request.CardsPickedAfter, ReportedOutcome.Printed, "", AtMost(request.Printed.ChipUid, "chip_uid")),
            ReportAttemptRequest.OutcomeOneofCase.Failed => new Report(
                epoch, printer, request.CardsPickedAfter, ToReported(request.Failed.FailureClass), AtMost(request.Failed.Code, "code"), ""),
            ReportAttemptRequest.OutcomeOneofCase.Lost => new Report(epoch, printer, request.CardsPickedAfter, ReportedOutcome.Lost, "", ""),
            _ => throw Refuse.Invalid("outcome is missing: printed, failed or lost."),
        };
    }

    public static RpcException ToStatus(Decision.Reject rejection) => Refuse.Because(
        rejection.Why switch
        {
            Rejection.Stale => StatusCode.Aborted,
            Rejection.NotYours => StatusCode.PermissionDenied,
            _ => StatusCode.FailedPrecondition,
        },
        rejection.Message);

    private static ReportedOutcome ToReported(Ktp.Printing.V1.FailureClass failure) => failure switch
    {
        Ktp.Printing.V1.FailureClass.Print => ReportedOutcome.PrintFailed,
        Ktp.Printing.V1.FailureClass.Encode => ReportedOutcome.EncodeFailed,
        Ktp.Printing.V1.FailureClass.Feed => ReportedOutcome.FeedFailed,
        Ktp.Printing.V1.FailureClass.NotFed => ReportedOutcome.NotFed,
        _ => throw Refuse.Invalid("failure_class must be one of PRINT, ENCODE, FEED and NOT_FED."),
    };

    private static string AtMost(string text, string field) => text.Length <= 64 ? text : throw Refuse.Invalid($"{field} must have at most 64 characters; it has {text.Length}.");
}
