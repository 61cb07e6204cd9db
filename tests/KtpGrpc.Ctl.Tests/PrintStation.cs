using Ktp.Health.V1;
using Ktp.Printing.V1;
using KtpGrpc.Testing;
using Xunit;
using Client = Ktp.Printing.V1.PrintingService.PrintingServiceClient;

namespace KtpGrpc.Ctl.Tests;

/// <summary>A station that prints, by the calls that its agent makes.</summary>
internal sealed class PrintStation(JoinedStation joined)
{
    public const string Chip = "04AB";
    private const string Printer = "HDP-1";

    private readonly Client _client = new(joined.Control);
    private ulong _picked = 7;

    public string Id => joined.Id;

    public async Task<Lease> LeaseAsync(int? ribbon = null)
    {
        var request = new LeaseJobsRequest { MaxJobs = 1, Printer = new Device { Kind = DeviceKind.Printer, Serial = Printer, Model = "HDP5000" } };
        if (ribbon is { } cards)
        {
            request.RibbonLeft = cards;
        }

        return Assert.Single((await _client.LeaseJobsAsync(request)).Leases);
    }

    /// <summary>From lease to START; tells the blank.</summary>
    public async Task<(Lease Lease, long Blank)> StartAsync(int? ribbon = null)
    {
        var lease = await LeaseAsync(ribbon);
        var started = await _client.StartAttemptAsync(new StartAttemptRequest { JobId = lease.JobId, Epoch = lease.Epoch, PrinterSerial = Printer, CardsPickedBefore = _picked++ });
        return (lease, started.BlankSerial);
    }

    public async Task<(Lease Lease, long Blank)> PrintAsync(int? ribbon = null)
    {
        var started = await StartAsync(ribbon);
        await PrintedAsync(started.Lease);
        return started;
    }

    public Task PrintedAsync(Lease lease) => ReportAsync(lease, report => report.Printed = new Printed { ChipUid = Chip });

    public async Task<(Lease Lease, long Blank)> SpoilAsync(FailureClass failure)
    {
        var started = await StartAsync();
        await ReportAsync(started.Lease, report => report.Failed = new Failed { FailureClass = failure, Code = "E17" });
        return started;
    }

    /// <summary>An attempt of which nobody knows how it ended.</summary>
    public async Task<(Lease Lease, long Blank)> LoseAsync()
    {
        var started = await StartAsync();
        await ReportAsync(started.Lease, report => report.Lost = new Lost());
        return started;
    }

    /// <summary>Cards that the printer picks of which the server hears nothing: a test print, a cleaning card.</summary>
    public void PickUnasked(ulong cards) => _picked += cards;

    private async Task ReportAsync(Lease lease, Action<ReportAttemptRequest> outcome)
    {
        var report = new ReportAttemptRequest { JobId = lease.JobId, Epoch = lease.Epoch, PrinterSerial = Printer, CardsPickedAfter = _picked };
        outcome(report);
        await _client.ReportAttemptAsync(report);
    }
}
