using Grpc.Core;
using Ktp.Cards.V1;
using Ktp.Printing.V1;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Printing;

public sealed class FencingTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Lease_ThatRanOut_GoesToAnotherStationAndItsHolderMayNotStart(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var (late, quick) = (await shop.JoinAsync(), await shop.JoinAsync("53.71.05"));
        await shop.EnqueueAsync();
        var lost = Assert.Single(await late.LeaseAsync());
        Assert.Empty(await quick.LeaseAsync());

        await shop.AdvanceAsync(TimeSpan.FromMinutes(10));
        var lease = Assert.Single(await quick.LeaseAsync());

        Assert.Equal((lost.JobId, lost.Epoch + 1), (lease.JobId, lease.Epoch));
        await shop.RefusesAsync(StatusCode.Aborted, () => late.StartAsync(lost));
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => late.StartAsync(lease));
        await shop.RefusesAsync(StatusCode.Aborted, () => late.Client.ReturnJobAsync(new ReturnJobRequest { JobId = lost.JobId, Epoch = lost.Epoch }).ResponseAsync);
        await quick.StartAsync(lease);
        await quick.PrintedAsync(lease);
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Lease_ThatRanOutUnreaped_MayNotStart()
    {
        await using var shop = await PrintShop.OpenAsync();
        var station = await shop.JoinAsync();
        await shop.EnqueueAsync();
        await shop.AdvanceAsync(TimeSpan.FromSeconds(29));
        var lease = Assert.Single(await station.LeaseAsync());

        await shop.AdvanceAsync(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(29));
        await shop.AdvanceAsync(TimeSpan.FromSeconds(29));

        await shop.RefusesAsync(StatusCode.Aborted, () => station.StartAsync(lease));
        await shop.CheckBooksAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Report_OfAStaleEpoch_IsKeptAsEvidenceOnceAndChangesNothing(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var (late, quick) = (await shop.JoinAsync(), await shop.JoinAsync("53.71.05"));
        await shop.EnqueueAsync();
        var lost = Assert.Single(await late.LeaseAsync());
        await shop.AdvanceAsync(TimeSpan.FromMinutes(10));
        var (lease, _) = await quick.LeaseAndStartAsync();
        var before = await shop.PictureAsync("printing_refused_reports");

        for (var i = 0; i < 2; i++)
        {
            var refused = await Assert.ThrowsAsync<RpcException>(() => late.PrintedAsync(lost));
            Assert.Equal(StatusCode.Aborted, refused.StatusCode);
        }

        Assert.Equal(before, await shop.PictureAsync("printing_refused_reports"));
        Assert.Single(await shop.FactsAsync(lost.JobId), kind => kind == "printing.report-refused");
        Assert.Equal(JobState.Printed, await quick.PrintedAsync(lease));
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Start_Repeated_GetsTheSameBlank()
    {
        await using var shop = await PrintShop.OpenAsync();
        var (station, lease, blank) = await shop.StartAsync();
        var before = await shop.PictureAsync();

        Assert.Equal(blank, await station.StartAsync(lease));

        Assert.Equal(before, await shop.PictureAsync());
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => station.StartAsync(lease, printer: "HDP-2"));
        await station.PrintedAsync(lease);
        await shop.RefusesAsync(StatusCode.Aborted, () => station.StartAsync(lease));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Attempt_NotReported_BecomesUnknownAndALateReportSettlesIt(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var (station, lease, blank) = await shop.StartAsync();

        await shop.AdvanceAsync(TimeSpan.FromMinutes(29));
        Assert.Equal(JobState.Started, (await shop.FindAsync(lease.JobId)).State);
        await shop.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(JobState.Unknown, (await shop.FindAsync(lease.JobId)).State);
        Assert.Equal(CardState.Consuming, (await shop.CardAsync(blank)).State);
        Assert.Empty(await station.LeaseAsync());

        await shop.AdvanceAsync(TimeSpan.FromDays(90));
        Assert.Equal(JobState.Printed, await station.PrintedAsync(lease));

        Assert.Equal(CardState.Issued, (await shop.CardAsync(blank)).State);
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Attempt_ReportedLost_IsUnknownUntilTheAgentKnows()
    {
        await using var shop = await PrintShop.OpenAsync();
        var (station, lease, _) = await shop.StartAsync();

        Assert.Equal(JobState.Unknown, await station.LostAsync(lease));
        Assert.Equal(JobState.Unknown, await station.LostAsync(lease));
        Assert.Equal(JobState.Ready, await station.FailedAsync(lease, FailureClass.Feed));

        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Lease_GivenBack_IsReadyAtOnceUnderAHigherEpoch()
    {
        await using var shop = await PrintShop.OpenAsync();
        var station = await shop.JoinAsync();
        await shop.EnqueueAsync();
        var lease = Assert.Single(await station.LeaseAsync());
        var giveBack = () => station.Client.ReturnJobAsync(new ReturnJobRequest { JobId = lease.JobId, Epoch = lease.Epoch }).ResponseAsync;

        await giveBack();
        await giveBack();
        var next = Assert.Single(await station.LeaseAsync());

        Assert.Equal(2, next.Epoch);
        await station.StartAsync(next);
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => station.Client.ReturnJobAsync(new ReturnJobRequest { JobId = next.JobId, Epoch = next.Epoch }).ResponseAsync);
        await shop.CheckBooksAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Agent_ThatComesBack_SettlesWhatItForgotAndForgetsWhatIsNotItsOwn(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var station = await shop.JoinAsync();
        for (var i = 0; i < 4; i++)
        {
            await shop.EnqueueAsync();
        }

        var leases = await station.LeaseAsync(4);
        await station.StartAsync(leases[0]);
        await station.StartAsync(leases[1], picked: 8);
        await station.StartAsync(leases[3], picked: 9);
        await shop.AdvanceAsync(TimeSpan.FromMinutes(9));
        await station.PrintedAsync(leases[3]);
        var request = new ReconcileAttemptsRequest { Attempts = { Active(leases[1], leases[1].Epoch), Active(leases[3], leases[3].Epoch), Active(leases[2], 7) } };

        var answer = await station.Client.ReconcileAttemptsAsync(request);

        Assert.Equal(new[] { leases[2].JobId, leases[3].JobId }.Order(), answer.Stale.Select(attempt => attempt.JobId).Order());
        Assert.Equal(new[] { leases[0].JobId, leases[2].JobId }.Order(), answer.Settled.Select(attempt => attempt.JobId).Order());
        Assert.Equal(
            [JobState.Unknown, JobState.Started, JobState.Ready, JobState.Printed],
            new[] { await shop.FindAsync(leases[0].JobId), await shop.FindAsync(leases[1].JobId), await shop.FindAsync(leases[2].JobId), await shop.FindAsync(leases[3].JobId) }.Select(job => job.State));

        // A forgotten attempt is open to what the agent may yet find out; one that is unknown is not stale.
        var later = await station.Client.ReconcileAttemptsAsync(new ReconcileAttemptsRequest { Attempts = { Active(leases[0], leases[0].Epoch), Active(leases[1], leases[1].Epoch) } });
        Assert.Empty(later.Stale);
        Assert.Empty(later.Settled);
        Assert.Equal(JobState.Printed, await station.PrintedAsync(leases[0]));
        await shop.CheckBooksAsync();
    }

    private static ActiveAttempt Active(Lease lease, long epoch) => new() { JobId = lease.JobId, Epoch = epoch };
}
