using Grpc.Core;
using Ktp.Cards.V1;
using Ktp.Incidents.V1;
using Ktp.Printing.V1;
using KtpGrpc.Testing;
using Xunit;
using PrintingClient = Ktp.Printing.V1.PrintingService.PrintingServiceClient;

namespace KtpGrpc.Server.Tests.Printing;

public sealed class ResolutionTests
{
    [Theory]
    [InlineData(Engine.Sqlite, Finding.Printed, JobState.Printed, CardState.Issued)]
    [InlineData(Engine.Postgres, Finding.Printed, JobState.Printed, CardState.Issued)]
    [InlineData(Engine.Sqlite, Finding.PrintFailed, JobState.Ready, CardState.Spoiled)]
    [InlineData(Engine.Sqlite, Finding.EncodeFailed, JobState.Ready, CardState.Spoiled)]
    [InlineData(Engine.Sqlite, Finding.FeedFailed, JobState.Ready, CardState.Spoiled)]
    [InlineData(Engine.Postgres, Finding.NotFed, JobState.Ready, CardState.Hopper)]
    public async Task Attempt_ThatIsUnknown_IsWhatAPersonFinds(Engine engine, Finding finding, JobState job, CardState card)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var station = await shop.JoinAsync();
        await shop.EnqueueAsync();
        var (lease, blank) = await station.LoseAsync();
        Assert.Equal([IncidentKind.PrintUnknown], await shop.IncidentsAsync());

        var resolved = await ResolveAsync(shop.Officer, lease, finding, blank);

        Assert.Equal((job, false), (resolved.Job.State, resolved.AwaitsSecond));
        Assert.Equal(card, (await shop.CardAsync(blank)).State);
        Assert.Empty(await shop.IncidentsAsync());
        await shop.CheckBooksAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Card_ThatNobodyFinds_TakesTwoPersonsAndTheJobIsPrintedAnew(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var station = await shop.JoinAsync();
        await shop.EnqueueAsync();
        var (lease, blank) = await station.LoseAsync();
        var (first, second) = (shop.Person("first"), shop.Person("second"));

        Assert.True((await ResolveAsync(first, lease, Finding.NoCard)).AwaitsSecond);
        Assert.True((await ResolveAsync(first, lease, Finding.NoCard)).AwaitsSecond);
        Assert.Equal((JobState.Unknown, CardState.Consuming), ((await shop.FindAsync(lease.JobId)).State, (await shop.CardAsync(blank)).State));
        Assert.Empty(await station.LeaseAsync());
        var resolved = await ResolveAsync(second, lease, Finding.NoCard);

        Assert.Equal((JobState.Ready, false), (resolved.Job.State, resolved.AwaitsSecond));
        Assert.Equal(CardState.Missing, (await shop.CardAsync(blank)).State);
        Assert.Equal([IncidentKind.CardMissing], await shop.IncidentsAsync());
        var (again, other) = await station.PrintAsync();
        Assert.Equal((lease.JobId, 2, blank + 1), (again.JobId, again.Epoch, other));
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Blank_ThatWasMissing_IsPrintedOnAfterACountFoundIt()
    {
        await using var shop = await PrintShop.OpenAsync(blanks: 1);
        var station = await shop.JoinAsync(blanks: 1);
        await shop.EnqueueAsync();
        var (lease, blank) = await station.LoseAsync();
        await ResolveAsync(shop.Person("first"), lease, Finding.NoCard);
        await ResolveAsync(shop.Person("second"), lease, Finding.NoCard);
        await shop.IncidentsAsync();

        await shop.Stock.CountStockAsync(new CountStockRequest { RequestId = PrintShop.New(), OfficeCode = "53.71", Counted = 1, Present = { new SerialRange { First = blank, Last = blank } } });

        Assert.Empty(await shop.IncidentsAsync());
        await shop.Stock.LoadHopperAsync(new LoadHopperRequest { RequestId = PrintShop.New(), StationId = station.Id, Count = 1 });
        Assert.Equal(blank, (await station.PrintAsync()).Blank);
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Finding_OfAnotherCard_IsRefused()
    {
        await using var shop = await PrintShop.OpenAsync();
        var (station, lease, blank) = await shop.StartAsync();
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => ResolveAsync(shop.Officer, lease, Finding.NotFed, blank));
        await station.PrintedAsync(lease);
        await station.FailedAsync(lease, FailureClass.Print);

        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => ResolveAsync(shop.Officer, lease, Finding.Printed, blank + 1));
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => ResolveAsync(shop.Officer, lease, Finding.Printed, blank, chip: "04CD"));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => ResolveAsync(shop.Officer, lease, Finding.Printed, blank, chip: ""));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => ResolveAsync(shop.Officer, lease, Finding.Unspecified, blank));
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => ResolveAsync(shop.Officer, new Lease { JobId = lease.JobId, Epoch = 2 }, Finding.NotFed, blank));
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => ResolveAsync(station.Client, lease, Finding.Printed, blank));
        Assert.Equal(JobState.Printed, (await ResolveAsync(shop.Officer, lease, Finding.Printed, blank)).Job.State);
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Report_ThatAgreesWithThePerson_ChangesNothing()
    {
        await using var shop = await PrintShop.OpenAsync();
        var (station, lease, blank) = await shop.StartAsync();
        await shop.AdvanceAsync(TimeSpan.FromHours(1));
        await ResolveAsync(shop.Officer, lease, Finding.PrintFailed, blank);
        var before = await shop.PictureAsync();

        Assert.Equal(JobState.Ready, await station.FailedAsync(lease, FailureClass.Print));
        Assert.Equal(JobState.Ready, await station.LostAsync(lease));

        Assert.Equal(before, await shop.PictureAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Report_ThatContradictsThePerson_OpensTheQuestionAgainWhileNothingNewWasStarted(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var (station, lease, blank) = await shop.StartAsync();
        await shop.AdvanceAsync(TimeSpan.FromHours(1));
        await ResolveAsync(shop.Person("first"), lease, Finding.NoCard);
        await ResolveAsync(shop.Person("second"), lease, Finding.NoCard);

        Assert.Equal(JobState.Unknown, await station.PrintedAsync(lease));

        Assert.Equal(CardState.Consuming, (await shop.CardAsync(blank)).State);
        Assert.Equal([IncidentKind.PrintUnknown], await shop.IncidentsAsync());
        Assert.Equal(JobState.Printed, (await ResolveAsync(shop.Officer, lease, Finding.Printed, blank)).Job.State);
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Report_ThatContradictsAfterANewStart_IsEvidenceWithAnIncidentUntilSomebodyHasSeenIt()
    {
        await using var shop = await PrintShop.OpenAsync();
        var (station, lease, blank) = await shop.StartAsync();
        await shop.AdvanceAsync(TimeSpan.FromHours(1));
        await ResolveAsync(shop.Officer, lease, Finding.PrintFailed, blank);
        await station.PrintAsync();
        var before = await shop.PictureAsync("printing_refused_reports");

        var refused = await Assert.ThrowsAsync<RpcException>(() => station.PrintedAsync(lease));

        Assert.Equal(StatusCode.Aborted, refused.StatusCode);
        Assert.Equal(before, await shop.PictureAsync("printing_refused_reports"));
        Assert.Equal([IncidentKind.ReportContradicts], await shop.IncidentsAsync());
        var incidents = new IncidentService.IncidentServiceClient(shop.Server.Admin);
        var open = (await incidents.ListIncidentsAsync(new ListIncidentsRequest { RegionCode = "53", OpenOnly = true })).Incidents.Single();
        await incidents.AcknowledgeIncidentAsync(new AcknowledgeIncidentRequest { RequestId = "1", IncidentId = open.IncidentId });
        Assert.Empty(await shop.IncidentsAsync());
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Card_ThatLeftTheStation_IsNotMovedByAContradiction()
    {
        await using var shop = await PrintShop.OpenAsync();
        var (station, lease, blank) = await shop.StartAsync();
        await station.FailedAsync(lease, FailureClass.Print);
        await shop.Stock.TakeIntoCustodyAsync(new TakeIntoCustodyRequest { RequestId = "1", OfficeCode = "53.71", Serials = { blank } });

        Assert.Equal(JobState.Unknown, await station.PrintedAsync(lease));
        Assert.Equal(CardState.Custody, (await shop.CardAsync(blank)).State);
        Assert.Equal(JobState.Printed, (await ResolveAsync(shop.Officer, lease, Finding.Printed, blank)).Job.State);

        Assert.Equal(CardState.Custody, (await shop.CardAsync(blank)).State);
        await shop.CheckBooksAsync();
    }

    private static async Task<ResolveAttemptResponse> ResolveAsync(PrintingClient person, Lease lease, Finding finding, long blank = 0, string chip = PrintStation.Chip) =>
        await person.ResolveAttemptAsync(new ResolveAttemptRequest
        {
            RequestId = PrintShop.New(),
            JobId = lease.JobId,
            Epoch = lease.Epoch,
            Finding = finding,
            ChipUid = finding is Finding.Printed ? chip : "",
            BlankSerial = blank,
        });
}
