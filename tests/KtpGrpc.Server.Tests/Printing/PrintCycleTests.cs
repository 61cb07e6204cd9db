using Grpc.Core;
using Ktp.Cards.V1;
using Ktp.Printing.V1;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Printing;

public sealed class PrintCycleTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Job_LeasedStartedAndReported_IsPrintedOnOneBlank(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var station = await shop.JoinAsync();
        var job = await shop.EnqueueAsync();

        var lease = Assert.Single(await station.LeaseAsync());
        var blank = await station.StartAsync(lease);
        var state = await station.PrintedAsync(lease);

        Assert.Equal((job.JobId, 1, TimeSpan.FromMinutes(10)), (lease.JobId, lease.Epoch, lease.LastsFor.ToTimeSpan()));
        Assert.Equal("card 1", lease.CardPayload.ToStringUtf8());
        Assert.Equal(32, lease.IssuanceId.Length);
        Assert.Equal((1, JobState.Printed), (blank, state));
        var card = await shop.CardAsync(blank);
        Assert.Equal((CardState.Issued, station.Id), (card.State, card.StationId));
        Assert.Empty(await station.LeaseAsync());
        Assert.Equal(["printing.enqueued", "printing.leased", "printing.started", "printing.printed"], await shop.FactsAsync(job.JobId));
        await shop.CheckBooksAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite, FailureClass.Print, CardState.Spoiled, InvalidReason.Print)]
    [InlineData(Engine.Postgres, FailureClass.Encode, CardState.Spoiled, InvalidReason.Encode)]
    [InlineData(Engine.Sqlite, FailureClass.Feed, CardState.Spoiled, InvalidReason.Feed)]
    public async Task Attempt_ReportedFailed_SpoilsItsBlankAndTheJobGoesOn(Engine engine, FailureClass failure, CardState state, InvalidReason reason)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var (station, lease, blank) = await shop.StartAsync();

        Assert.Equal(JobState.Ready, await station.FailedAsync(lease, failure));

        var card = await shop.CardAsync(blank);
        Assert.Equal((state, reason), (card.State, card.InvalidReason));
        await shop.AdvanceAsync(TimeSpan.FromHours(1));
        var (again, next) = await station.LeaseAndStartAsync();
        Assert.Equal((lease.JobId, 2, blank + 1), (again.JobId, again.Epoch, next));
        await shop.CheckBooksAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Attempt_NotFedByTheCounter_GivesItsBlankBack(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var (station, lease, blank) = await shop.StartAsync();

        Assert.Equal(JobState.Ready, await station.FailedAsync(lease, FailureClass.NotFed, picked: 7));

        Assert.Equal(CardState.Hopper, (await shop.CardAsync(blank)).State);
        Assert.Empty(await station.LeaseAsync());
        await shop.AdvanceAsync(TimeSpan.FromMinutes(30));
        var (again, same) = await station.LeaseAndStartAsync();
        Assert.Equal((2, blank), (again.Epoch, same));
        await station.PrintedAsync(again);
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Attempt_NotFedButTheCounterMoved_IsUnknown()
    {
        await using var shop = await PrintShop.OpenAsync();
        var (station, lease, blank) = await shop.StartAsync();

        Assert.Equal(JobState.Unknown, await station.FailedAsync(lease, FailureClass.NotFed, picked: 8));

        Assert.Equal(CardState.Consuming, (await shop.CardAsync(blank)).State);
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Attempt_ReportedFromAnotherPrinter_IsUnknown()
    {
        await using var shop = await PrintShop.OpenAsync();
        var (station, lease, _) = await shop.StartAsync();

        Assert.Equal(JobState.Unknown, await station.PrintedAsync(lease, printer: "HDP-2"));

        Assert.Equal("OtherPrinter", (await shop.FindAsync(lease.JobId)).Reason);
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Chip_FailingTwice_QuarantinesTheJobUntilAPersonReleasesIt()
    {
        await using var shop = await PrintShop.OpenAsync();
        var station = await shop.JoinAsync();
        await shop.EnqueueAsync();

        var (first, _) = await station.LeaseAndStartAsync();
        await station.FailedAsync(first, FailureClass.Encode);
        var (second, _) = await station.LeaseAndStartAsync();
        var state = await station.FailedAsync(second, FailureClass.Encode);

        Assert.Equal(JobState.Quarantined, state);
        Assert.Empty(await station.LeaseAsync());
        await shop.Officer.ReleaseJobAsync(new ReleaseJobRequest { RequestId = "1", JobId = first.JobId });
        Assert.Equal(3, Assert.Single(await station.LeaseAsync()).Epoch);
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Report_Repeated_GetsTheSameAnswerAlsoLater()
    {
        await using var shop = await PrintShop.OpenAsync();
        var (station, lease, _) = await shop.StartAsync();
        await station.FailedAsync(lease, FailureClass.Print);
        var (second, _) = await station.LeaseAndStartAsync();
        await station.PrintedAsync(second);
        var before = await shop.PictureAsync();

        Assert.Equal(JobState.Ready, await station.FailedAsync(lease, FailureClass.Print));
        Assert.Equal(JobState.Printed, await station.PrintedAsync(second));

        Assert.Equal(before, await shop.PictureAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Report_ThatContradictsTheFirst_LocksTheIssuanceForEver(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var (station, lease, blank) = await shop.StartAsync();
        await station.PrintedAsync(lease);

        Assert.Equal(JobState.Unknown, await station.FailedAsync(lease, FailureClass.Print));
        Assert.Equal(JobState.Unknown, await station.PrintedAsync(lease));

        Assert.Equal(CardState.Consuming, (await shop.CardAsync(blank)).State);
        await shop.AdvanceAsync(TimeSpan.FromDays(400));
        Assert.Empty(await station.LeaseAsync());
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Report_ThatContradictsAProofOfNotFed_LeavesTheBlankToWhoHasItNow()
    {
        await using var shop = await PrintShop.OpenAsync();
        var station = await shop.JoinAsync(blanks: 1);
        await shop.EnqueueAsync();
        await shop.EnqueueAsync();
        var (lease, blank) = await station.LeaseAndStartAsync();
        await station.FailedAsync(lease, FailureClass.NotFed, picked: 7);
        var (other, same) = await station.LeaseAndStartAsync();

        var state = await station.PrintedAsync(lease);

        Assert.Equal((blank, JobState.Unknown), (same, state));
        Assert.NotEqual(lease.JobId, other.JobId);
        Assert.Equal(JobState.Printed, await station.PrintedAsync(other));
        Assert.Equal(CardState.Issued, (await shop.CardAsync(blank)).State);
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Report_WithoutAStart_IsRefusedAndKept()
    {
        await using var shop = await PrintShop.OpenAsync();
        var station = await shop.JoinAsync();
        await shop.EnqueueAsync();
        var lease = Assert.Single(await station.LeaseAsync());
        var before = await shop.PictureAsync("printing_refused_reports");

        var refused = await Assert.ThrowsAsync<RpcException>(() => station.PrintedAsync(lease));

        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        Assert.Equal(before, await shop.PictureAsync("printing_refused_reports"));
        Assert.Equal("printing.report-refused", (await shop.FactsAsync(lease.JobId))[^1]);
        await shop.CheckBooksAsync();
    }
}
