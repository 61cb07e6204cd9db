using Google.Protobuf;
using Grpc.Core;
using Ktp.Printing.V1;
using KtpGrpc.Agent.Devices;

namespace KtpGrpc.Agent.Printing;

/// <summary>Hears of the report of an attempt that the server will never take.</summary>
internal delegate void ReportRefusal(ICardPrinter printer, Attempt ended, string reason);

/// <summary>
/// Leases jobs and prints them one by one. A card is fed only after Start was answered; what happened is on the disk before
/// it is reported; and after a crash a started attempt is reported as lost, never tried again.
/// </summary>
internal sealed class PrintCycle(ICardPrinter printer, AttemptJournal attempts)
{
    /// <summary>Longest code and chip UID of ktp.printing.v1.</summary>
    private const int MostText = 64;

    private const int LeasedAtOnce = 8;

    /// <summary>Before the first lease of a session, and after a fault: tells the server how open attempts ended; what it holds beyond them, it settles.</summary>
    public async Task ReconcileAsync(PrintingService.PrintingServiceClient printing, ReportRefusal refused, CancellationToken cancellation)
    {
        foreach (var attempt in attempts.Open)
        {
            switch (attempt.Step)
            {
                case AttemptStep.Starting:
                    // Whether the server heard of the start is not known; that no card was fed is.
                    await ReportAsync(printing, Ended(attempt, NotFed()), refused, cancellation);
                    break;
                case AttemptStep.Started:
                    await ReportAsync(printing, Ended(attempt, new ReportAttemptRequest { Lost = new Lost() }), refused, cancellation);
                    break;
                case AttemptStep.Ended:
                    await ReportAsync(printing, attempt, refused, cancellation);
                    break;
            }
        }

        await printing.ReconcileAttemptsAsync(new ReconcileAttemptsRequest(), cancellationToken: cancellation);
    }

    /// <summary>Prints until the server has nothing more for this station, at most <paramref name="most"/> cards; tells how many it tried.</summary>
    public async Task<int> RunAsync(
        PrintingService.PrintingServiceClient printing, int most, ReportRefusal refused, CancellationToken cancellation)
    {
        var tried = 0;
        while (tried < most)
        {
            var leased = await printing.LeaseJobsAsync(ToLease(Math.Min(LeasedAtOnce, most - tried)), cancellationToken: cancellation);
            if (leased.Leases.Count == 0)
            {
                break;
            }

            for (var i = 0; i < leased.Leases.Count; i++)
            {
                if (!await TryAsync(printing, leased.Leases[i], refused, cancellation))
                {
                    await ReturnAsync(printing, leased.Leases.Skip(i), cancellation);
                    return tried;
                }

                tried++;
            }
        }

        return tried;
    }

    private LeaseJobsRequest ToLease(int most)
    {
        var request = new LeaseJobsRequest { MaxJobs = most, Printer = printer.Identity };
        if (printer.CanEncode is { } can)
        {
            request.CanEncode = can;
        }

        if (printer.RibbonLeft is { } cards)
        {
            request.RibbonLeft = cards;
        }

        return request;
    }

    /// <summary>False where the server did not let it start: nothing was fed.</summary>
    private async Task<bool> TryAsync(PrintingService.PrintingServiceClient printing, Lease lease, ReportRefusal refused, CancellationToken cancellation)
    {
        var attempt = new Attempt(lease.JobId, lease.Epoch, AttemptStep.Starting, []);
        attempts.Write(attempt);
        StartAttemptResponse start;
        try
        {
            start = await printing.StartAttemptAsync(
                new StartAttemptRequest
                {
                    JobId = lease.JobId,
                    Epoch = lease.Epoch,
                    PrinterSerial = printer.Identity.Serial,
                    CardsPickedBefore = printer.CardsPicked,
                },
                cancellationToken: cancellation);
        }
        catch (RpcException refusal) when (refusal.StatusCode is StatusCode.Aborted or StatusCode.FailedPrecondition or StatusCode.NotFound)
        {
            attempts.Close(lease.JobId);
            return false;
        }

        attempts.Write(attempt with { Step = AttemptStep.Started });
        var outcome = await printer.PrintAsync(new PrintOrder(lease.IssuanceId, start.BlankSerial, lease.CardPayload.Memory), cancellation);
        await ReportAsync(printing, Ended(attempt, ToReport(outcome)), refused, cancellation);
        return true;
    }

    private async Task ReportAsync(PrintingService.PrintingServiceClient printing, Attempt ended, ReportRefusal refused, CancellationToken cancellation)
    {
        attempts.Write(ended);
        try
        {
            await printing.ReportAttemptAsync(ended.ToReport(), cancellationToken: cancellation);
        }
        catch (RpcException refusal) when (refusal.StatusCode is StatusCode.Aborted or StatusCode.FailedPrecondition or StatusCode.NotFound)
        {
            // The server has kept it as evidence and goes by what it knows: the attempt is over for this side.
        }
        catch (RpcException refusal) when (refusal.StatusCode is StatusCode.InvalidArgument)
        {
            // It will never be taken as it stands; the server makes the attempt UNKNOWN when its time is over.
            refused(printer, ended, refusal.Status.Detail);
        }

        attempts.Close(ended.JobId);
    }

    private static async Task ReturnAsync(PrintingService.PrintingServiceClient printing, IEnumerable<Lease> leases, CancellationToken cancellation)
    {
        foreach (var lease in leases)
        {
            try
            {
                await printing.ReturnJobAsync(new ReturnJobRequest { JobId = lease.JobId, Epoch = lease.Epoch }, cancellationToken: cancellation);
            }
            catch (RpcException refusal) when (refusal.StatusCode is StatusCode.Aborted or StatusCode.FailedPrecondition)
            {
                // It ran out or was cancelled meanwhile: it is not ours to give back.
            }
        }
    }

    private Attempt Ended(Attempt attempt, ReportAttemptRequest report)
    {
        report.JobId = attempt.JobId;
        report.Epoch = attempt.Epoch;
        report.PrinterSerial = printer.Identity.Serial;
        report.CardsPickedAfter = printer.CardsPicked;
        return attempt with { Step = AttemptStep.Ended, Report = report.ToByteArray() };
    }

    private static ReportAttemptRequest NotFed() => new() { Failed = new Failed { FailureClass = FailureClass.NotFed, Code = "agent-restarted" } };

    private static ReportAttemptRequest ToReport(PrintOutcome outcome) => outcome switch
    {
        PrintOutcome.Printed printed => new ReportAttemptRequest { Printed = new Printed { ChipUid = Cut(printed.ChipUid) } },
        PrintOutcome.Failed failed => new ReportAttemptRequest { Failed = new Failed { FailureClass = failed.Class, Code = Cut(failed.Code) } },
        _ => new ReportAttemptRequest { Lost = new Lost() },
    };

    private static string Cut(string text) => text.Length <= MostText ? text : text[..MostText];
}
