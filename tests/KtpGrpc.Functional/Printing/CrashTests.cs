using Grpc.Core;
using Ktp.Printing.V1;
using KtpGrpc.Functional.Scenarios;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Functional.Printing;

/// <summary>Every crash of design and life: whoever dies, and whatever is lost, no citizen gets two cards and nothing acknowledged is forgotten.</summary>
public sealed class CrashTests : IAsyncLifetime
{
    private const string Lease = "LeaseJobs";
    private const string Start = "StartAttempt";
    private const string Report = "ReportAttempt";

    private static readonly DateTimeOffset _opening = new(2017, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();
    private KillableServer _server = null!;
    private CrashShop _shop = null!;

    public async Task InitializeAsync()
    {
        _server = await KillableServer.StartAsync(_folder["data"], _opening);
        _shop = await CrashShop.OpenAsync(_server, _folder["data"]);
        await _shop.EnqueueAsync();
    }

    public async Task DisposeAsync()
    {
        await _shop.DisposeAsync();
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Agent_ThatDiesAfterItsLease_PrintsTheJobUnderANewOne()
    {
        await CrashShop.KillAsync(await _shop.PrintUntilAsync("after " + Lease));

        await _shop.PrintAllAsync();

        Assert.Equal(2, (await _shop.JobAsync()).Epoch);
        await _shop.HasPrintedOnceAsync();
    }

    [Fact]
    public async Task Agent_ThatDiesBeforeTheReplyToItsStart_FedNothingAndPrintsLater()
    {
        await CrashShop.KillAsync(await _shop.PrintUntilAsync("after " + Start));
        Assert.Equal(JobState.Started, (await _shop.JobAsync()).State);

        await _shop.PrintAllAsync();

        await _shop.HasPrintedOnceAsync();
    }

    [Fact]
    public async Task Agent_ThatDiesInTheMiddleOfAPrint_LeavesItToAPerson()
    {
        await CrashShop.KillAsync(await _shop.PrintUntilAsync(FilePrinter.MidPrint));

        await _shop.PrintAllAsync();
        Assert.Equal(JobState.Unknown, (await _shop.JobAsync()).State);
        await _shop.ResolveAsync(Finding.FeedFailed, _shop.FirstBlank);
        await _shop.PrintAllAsync();

        await _shop.HasPrintedOnceAsync();
    }

    [Fact]
    public async Task Agent_ThatDiesAfterThePrintAndBeforeItKnows_LeavesItToAPerson()
    {
        await CrashShop.KillAsync(await _shop.PrintUntilAsync(FilePrinter.Out));

        await _shop.PrintAllAsync();
        Assert.Equal(JobState.Unknown, (await _shop.JobAsync()).State);
        await _shop.ResolveAsync(Finding.Printed, _shop.FirstBlank);
        await _shop.PrintAllAsync();

        await _shop.HasPrintedOnceAsync();
    }

    [Fact]
    public async Task Agent_ThatDiesAfterThePrintAndBeforeItsReport_ReportsWhenItIsBack()
    {
        await CrashShop.KillAsync(await _shop.PrintUntilAsync("before " + Report));
        Assert.Equal(JobState.Started, (await _shop.JobAsync()).State);

        await _shop.PrintAllAsync();

        await _shop.HasPrintedOnceAsync();
    }

    [Fact]
    public async Task Agent_ThatDiesAfterItsReport_ReportsTheSameAgain()
    {
        await CrashShop.KillAsync(await _shop.PrintUntilAsync("after " + Report));
        Assert.Equal(JobState.Printed, (await _shop.JobAsync()).State);

        await _shop.PrintAllAsync();

        await _shop.HasPrintedOnceAsync();
    }

    [Theory]
    [InlineData(Lease, JobState.Leased)]
    [InlineData(Start, JobState.Started)]
    [InlineData(Report, JobState.Printed)]
    public async Task Server_ThatDiesAfterItsCommitAndBeforeAnybodyHeard_GoesOnWhereItWas(string call, JobState committed)
    {
        var agent = await _shop.PrintUntilAsync("before " + call);
        _shop.Wire.Lose(answers: true);
        _shop.GoOn();
        await _shop.JobIsAsync(committed);

        await _server.KillAndRestartAsync();
        Assert.Equal(committed, (await _shop.JobAsync()).State);
        _shop.Wire.Cut();
        await CrashShop.EndAsync(agent);
        await _shop.PrintAllAsync();

        await _shop.HasPrintedOnceAsync();
    }

    [Theory]
    [InlineData(Lease, true, JobState.Leased)]
    [InlineData(Lease, false, JobState.Ready)]
    [InlineData(Start, true, JobState.Started)]
    [InlineData(Start, false, JobState.Leased)]
    [InlineData(Report, true, JobState.Printed)]
    [InlineData(Report, false, JobState.Started)]
    public async Task Network_CutInTheMiddleOfACall_LosesNothing(string call, bool answerLost, JobState committed)
    {
        var agent = await _shop.PrintUntilAsync("before " + call);
        _shop.Wire.Lose(answerLost);
        _shop.GoOn();
        await Eventually.HoldsAsync(() => _shop.Wire.Lost > 0);
        await _shop.JobIsAsync(committed);

        _shop.Wire.Cut();
        await CrashShop.EndAsync(agent);
        await _shop.PrintAllAsync();

        await _shop.HasPrintedOnceAsync();
    }

    [Fact]
    public async Task Report_RepeatedAlike_GetsTheSameAnswerAndOtherwiseLocksTheIssuance()
    {
        var lease = Assert.Single((await CrashShop.LeaseAsync(_shop.Station)).Leases);
        var blank = (await CrashShop.StartAsync(_shop.Station, lease)).BlankSerial;
        var report = CrashShop.Printed(lease, blank);
        var other = new ReportAttemptRequest(report) { Failed = new Failed { FailureClass = FailureClass.Print, Code = "E17" } };

        Assert.Equal(JobState.Printed, (await _shop.Station.ReportAttemptAsync(report)).State);
        await _server.KillAndRestartAsync();
        Assert.Equal(JobState.Printed, (await _shop.Station.ReportAttemptAsync(report)).State);
        Assert.Equal(JobState.Unknown, (await _shop.Station.ReportAttemptAsync(other)).State);
        await _server.KillAndRestartAsync();

        Assert.Equal(JobState.Unknown, (await _shop.JobAsync()).State);
        await _shop.PrintAllAsync();
        Assert.Equal(JobState.Unknown, (await _shop.JobAsync()).State);
        await _shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Report_AfterTheJobWasLeasedToAnother_IsRefusedAndKept()
    {
        var (late, quick) = (_shop.Station, await _shop.JoinAnotherAsync());
        var lost = Assert.Single((await CrashShop.LeaseAsync(late)).Leases);
        await _shop.AdvanceAsync(TimeSpan.FromMinutes(10));
        var lease = Assert.Single((await CrashShop.LeaseAsync(quick)).Leases);

        var refused = await Assert.ThrowsAsync<RpcException>(() => late.ReportAttemptAsync(CrashShop.Printed(lost, _shop.FirstBlank)).ResponseAsync);

        Assert.Equal(StatusCode.Aborted, refused.StatusCode);
        var blank = (await CrashShop.StartAsync(quick, lease)).BlankSerial;
        Assert.Equal(JobState.Printed, (await quick.ReportAttemptAsync(CrashShop.Printed(lease, blank))).State);
        await _shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Printer_SwappedBetweenStartAndReport_MakesTheAttemptUnknown()
    {
        var lease = Assert.Single((await CrashShop.LeaseAsync(_shop.Station)).Leases);
        var blank = (await CrashShop.StartAsync(_shop.Station, lease)).BlankSerial;
        var report = CrashShop.Printed(lease, blank);
        report.PrinterSerial = "HDP-2";

        Assert.Equal(JobState.Unknown, (await _shop.Station.ReportAttemptAsync(report)).State);

        await _shop.PrintAllAsync();
        Assert.Equal((JobState.Unknown, "OtherPrinter"), ((await _shop.JobAsync()).State, (await _shop.JobAsync()).Reason));
        await _shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Printer_SwappedWhileTheAgentWasDead_MakesTheAttemptUnknown()
    {
        await CrashShop.KillAsync(await _shop.PrintUntilAsync(FilePrinter.MidPrint));

        await _shop.PrintAllAsync("HDP-2");

        Assert.Equal(JobState.Unknown, (await _shop.JobAsync()).State);
        await _shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Clock_ThatJumpsOverALease_LetsNothingBeFedUnderIt()
    {
        var agent = await _shop.PrintUntilAsync("after " + Lease);

        await _shop.AdvanceAsync(TimeSpan.FromDays(3));
        _shop.GoOn();
        await CrashShop.EndAsync(agent);
        await _shop.PrintAllAsync();

        Assert.Equal(2, (await _shop.JobAsync()).Epoch);
        await _shop.HasPrintedOnceAsync();
    }

    [Fact]
    public async Task Clock_ThatJumpsOverAPrint_LeavesItUnknownUntilItsReport()
    {
        var agent = await _shop.PrintUntilAsync(FilePrinter.MidPrint);

        await _shop.AdvanceAsync(TimeSpan.FromDays(3));
        Assert.Equal(JobState.Unknown, (await _shop.JobAsync()).State);
        _shop.GoOn();
        await CrashShop.EndAsync(agent);

        await _shop.HasPrintedOnceAsync();
    }
}
