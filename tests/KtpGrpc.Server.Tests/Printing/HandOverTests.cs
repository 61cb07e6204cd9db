using Grpc.Core;
using Ktp.Cards.V1;
using Ktp.Printing.V1;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Printing;

public sealed class HandOverTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Card_VerifiedAndHandedOver_ReplacesTheSuket(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var station = await shop.JoinAsync();
        var order = shop.NewJob();
        await shop.Officer.EnqueueJobAsync(order);
        var suket = (await shop.Stock.IssueSuketAsync(new IssueSuketRequest
        {
            RequestId = "1",
            Nik = order.Nik,
            Name = order.Name,
            OfficeCode = "53.71",
            Cause = SuketCause.NoPrinter,
        })).Suket;
        var (lease, blank) = await station.PrintAsync();

        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => HandOverAsync(shop, lease));
        var verified = await VerifyAsync(shop, lease, blank);
        var handed = await HandOverAsync(shop, lease);

        Assert.Equal((JobState.Verified, JobState.HandedOver), (verified, handed));
        Assert.Equal(CardState.Issued, (await shop.CardAsync(blank)).State);
        Assert.Equal(SuketState.Replaced, (await shop.Stock.GetSuketAsync(new GetSuketRequest { Number = suket.Number })).Suket.State);
        Assert.Equal(["printing.verified", "printing.handed-over"], (await shop.FactsAsync(lease.JobId)).TakeLast(2));
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => HandOverAsync(shop, lease));
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => VerifyAsync(shop, lease, blank));
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => CancelAsync(shop, lease.JobId));
        await shop.CheckBooksAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite, "04CD", true)]
    [InlineData(Engine.Postgres, PrintStation.Chip, false)]
    public async Task Card_ThatDoesNotMatch_IsSpoiledAndItsJobQuarantined(Engine engine, string chip, bool recordMatches)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var station = await shop.JoinAsync();
        await shop.EnqueueAsync();
        var (lease, blank) = await station.PrintAsync();

        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => VerifyAsync(shop, lease, blank + 1));
        Assert.Equal(JobState.Quarantined, await VerifyAsync(shop, lease, blank, chip, recordMatches));

        var card = await shop.CardAsync(blank);
        Assert.Equal((CardState.Spoiled, InvalidReason.Cancelled), (card.State, card.InvalidReason));
        await shop.Officer.ReleaseJobAsync(new ReleaseJobRequest { RequestId = "1", JobId = lease.JobId });
        Assert.Equal(blank + 1, (await station.PrintAsync()).Blank);
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Card_ThatWasWithdrawnBefore_IsNeitherVerifiedNorHandedOver()
    {
        await using var shop = await PrintShop.OpenAsync();
        var station = await shop.JoinAsync();
        await shop.EnqueueAsync();
        var (lease, blank) = await station.PrintAsync();
        await shop.Stock.WithdrawCardAsync(new WithdrawCardRequest { RequestId = "1", OfficeCode = "53.71", Serial = blank, Reason = InvalidReason.Damaged, Note = "bent" });

        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => VerifyAsync(shop, lease, blank));
        Assert.Equal(JobState.Cancelled, await CancelAsync(shop, lease.JobId));

        Assert.Equal(CardState.Custody, (await shop.CardAsync(blank)).State);
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Station_ThatWouldVerify_HasNoRight()
    {
        await using var shop = await PrintShop.OpenAsync();
        var station = await shop.JoinAsync();
        await shop.EnqueueAsync();
        var (lease, blank) = await station.PrintAsync();

        await shop.RefusesAsync(StatusCode.PermissionDenied, () => station.Client.VerifyCardAsync(new VerifyCardRequest
        {
            RequestId = "1",
            JobId = lease.JobId,
            ChipUid = PrintStation.Chip,
            BlankSerial = blank,
            RecordMatches = true,
        }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => station.Client.HandOverCardAsync(new HandOverCardRequest { RequestId = "1", JobId = lease.JobId }).ResponseAsync);
    }

    [Fact]
    public async Task Report_AgainstACardThatWasVerified_IsEvidenceAlone()
    {
        await using var shop = await PrintShop.OpenAsync();
        var station = await shop.JoinAsync();
        await shop.EnqueueAsync();
        var (lease, blank) = await station.PrintAsync();
        await VerifyAsync(shop, lease, blank);

        var refused = await Assert.ThrowsAsync<RpcException>(() => station.FailedAsync(lease, FailureClass.Print));

        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        Assert.Equal([Ktp.Incidents.V1.IncidentKind.ReportContradicts], await shop.IncidentsAsync());
        Assert.Equal(JobState.Printed, await station.PrintedAsync(lease));
        await HandOverAsync(shop, lease);
        Assert.Empty(await shop.IncidentsAsync());
        await shop.CheckBooksAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Job_CancelledWhilePrinting_SpoilsItsCardWhenItComesOut(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var (station, lease, blank) = await shop.StartAsync();

        Assert.Equal(JobState.Started, await CancelAsync(shop, lease.JobId));
        Assert.True((await shop.FindAsync(lease.JobId)).CancelRequested);
        Assert.Equal(JobState.Cancelled, await station.PrintedAsync(lease));
        Assert.Equal(JobState.Cancelled, await station.PrintedAsync(lease));

        var (job, card) = (await shop.FindAsync(lease.JobId), await shop.CardAsync(blank));
        Assert.Equal((JobState.Cancelled, "died", false), (job.State, job.Reason, job.CancelRequested));
        Assert.Equal((CardState.Spoiled, InvalidReason.Cancelled), (card.State, card.InvalidReason));
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Job_CancelledWhilePrinting_EndsHoweverItsAttemptEnds()
    {
        await using var shop = await PrintShop.OpenAsync();
        var station = await shop.JoinAsync();
        for (var i = 0; i < 3; i++)
        {
            await shop.EnqueueAsync();
        }

        var (failed, _) = await station.LeaseAndStartAsync();
        await CancelAsync(shop, failed.JobId);
        Assert.Equal(JobState.Cancelled, await station.FailedAsync(failed, FailureClass.Print));
        var (notFed, free) = await station.LeaseAndStartAsync();
        await CancelAsync(shop, notFed.JobId);
        Assert.Equal(JobState.Cancelled, await station.FailedAsync(notFed, FailureClass.NotFed, picked: 7));
        var (lost, blank) = await station.LoseAsync();
        Assert.Equal(JobState.Unknown, await CancelAsync(shop, lost.JobId));
        await shop.Officer.ResolveAttemptAsync(new ResolveAttemptRequest
        {
            RequestId = "1",
            JobId = lost.JobId,
            Epoch = 1,
            Finding = Finding.Printed,
            ChipUid = "04",
            BlankSerial = blank,
        });

        Assert.Equal(free, blank);
        Assert.Equal((JobState.Cancelled, CardState.Spoiled), ((await shop.FindAsync(lost.JobId)).State, (await shop.CardAsync(blank)).State));
        Assert.Empty(await station.LeaseAsync());
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Job_CancelledAfterItWasPrinted_SpoilsTheCardAtOnce()
    {
        await using var shop = await PrintShop.OpenAsync();
        var station = await shop.JoinAsync();
        await shop.EnqueueAsync();
        var (lease, blank) = await station.PrintAsync();
        await VerifyAsync(shop, lease, blank);

        Assert.Equal(JobState.Cancelled, await CancelAsync(shop, lease.JobId));

        Assert.Equal((CardState.Spoiled, InvalidReason.Cancelled), ((await shop.CardAsync(blank)).State, (await shop.CardAsync(blank)).InvalidReason));
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Reprint_OfACard_NamesTheOneThatWasWithdrawn()
    {
        await using var shop = await PrintShop.OpenAsync();
        var station = await shop.JoinAsync();
        var order = shop.NewJob();
        await shop.Officer.EnqueueJobAsync(order);
        var (_, blank) = await station.PrintAsync();
        var again = order.Clone();
        (again.RequestId, again.IssuanceNumber, again.ReplacesSerial) = (PrintShop.New(), 2, blank);

        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => shop.Officer.EnqueueJobAsync(again).ResponseAsync);
        await shop.Stock.WithdrawCardAsync(new WithdrawCardRequest { RequestId = "1", OfficeCode = "53.71", Serial = blank, Reason = InvalidReason.Corrected, Note = "address" });

        Assert.Equal(blank, (await shop.Officer.EnqueueJobAsync(again)).Job.ReplacesSerial);
        await shop.CheckBooksAsync();
    }

    private static async Task<JobState> VerifyAsync(PrintShop shop, Lease lease, long blank, string chip = PrintStation.Chip, bool recordMatches = true) =>
        (await shop.Officer.VerifyCardAsync(new VerifyCardRequest
        {
            RequestId = PrintShop.New(),
            JobId = lease.JobId,
            ChipUid = chip,
            BlankSerial = blank,
            RecordMatches = recordMatches,
        })).Job.State;

    private static async Task<JobState> HandOverAsync(PrintShop shop, Lease lease) =>
        (await shop.Officer.HandOverCardAsync(new HandOverCardRequest { RequestId = PrintShop.New(), JobId = lease.JobId })).Job.State;

    private static async Task<JobState> CancelAsync(PrintShop shop, string jobId) =>
        (await shop.Officer.CancelJobAsync(new CancelJobRequest { RequestId = PrintShop.New(), JobId = jobId, Reason = "died" })).Job.State;
}
