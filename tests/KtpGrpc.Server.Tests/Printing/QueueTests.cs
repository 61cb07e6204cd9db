using Google.Protobuf;
using Grpc.Core;
using Ktp.Cards.V1;
using Ktp.Health.V1;
using Ktp.Printing.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using JobStore = KtpGrpc.Server.Printing.JobStore;
using PrintingClient = Ktp.Printing.V1.PrintingService.PrintingServiceClient;

namespace KtpGrpc.Server.Tests.Printing;

public sealed class QueueTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Issuance_EnqueuedAgain_IsTheSameJob(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var request = shop.NewJob();
        var first = await shop.Officer.EnqueueJobAsync(request);
        var answered = await shop.Officer.EnqueueJobAsync(request);
        var before = await shop.PictureAsync("requests");

        var again = request.Clone();
        again.RequestId = PrintShop.New();
        again.CardPayload = ByteString.CopyFromUtf8("another card");
        var existed = await shop.Officer.EnqueueJobAsync(again);

        Assert.Equal((false, false, true), (first.Existed, answered.Existed, existed.Existed));
        Assert.Equal(first.Job, answered.Job);
        Assert.Equal(first.Job, existed.Job);
        Assert.Equal(before, await shop.PictureAsync("requests"));
        again.RequestId = PrintShop.New();
        again.IssuanceNumber = 2;
        Assert.False((await shop.Officer.EnqueueJobAsync(again)).Existed);
        await shop.CheckBooksAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Lease_FromOneQueue_TakesTheHigherClassThenTheOlderAndNothingHeld(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var station = await shop.JoinAsync();
        var other = await shop.EnqueueAsync(priority: JobPriority.Other);
        await shop.EnqueueAsync(held: "stock");
        await shop.AdvanceAsync(TimeSpan.FromMinutes(1));
        var late = await shop.EnqueueAsync("53.71.05");
        await shop.AdvanceAsync(TimeSpan.FromMinutes(1));
        var later = await shop.EnqueueAsync("53.71");
        var disaster = await shop.EnqueueAsync(priority: JobPriority.Disaster);
        await shop.EnqueueAsync("53.01.01");

        var leases = await station.LeaseAsync(16);

        Assert.Equal([late.JobId, later.JobId, disaster.JobId, other.JobId], leases.Select(lease => lease.JobId));
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Lease_ForAPrinterThatFailed_GivesNothing()
    {
        await using var shop = await PrintShop.OpenAsync();
        var station = await shop.JoinAsync();
        await shop.EnqueueAsync();

        Task BelieveAsync(ConditionState state) => shop.Server.Services.GetRequiredService<Database>().WriteAsync(
            tx => shop.Server.Services.GetRequiredService<JournalWriter>().AcceptAsync(tx, PrintShop.Opening, "server", new ConditionChanged(
                station.Id, "53.71.04", DeviceKind.Printer, PrintShop.Printer, "HDP5000", state, [], "")),
            CancellationToken.None);

        await BelieveAsync(ConditionState.Failed);
        Assert.Empty(await station.LeaseAsync());
        await BelieveAsync(ConditionState.Degraded);
        Assert.Single(await station.LeaseAsync());
    }

    [Fact]
    public async Task Lease_FromADeepQueue_WalksItsIndexAndSortsNothing()
    {
        await using var shop = await PrintShop.OpenAsync();

        var plan = await shop.Server.Services.GetRequiredService<Database>().ReadAsync(
            tx => tx.ListAsync("EXPLAIN QUERY PLAN " + JobStore.ReadySql, row => row.GetString(3), "53.71", "53.71.04-1", 0, 1), CancellationToken.None);

        Assert.Equal("SEARCH printing_jobs USING INDEX printing_jobs_ready (office=?)", Assert.Single(plan));
    }

    [Fact]
    public async Task Lease_OfMoreThanThereAreBlanksFor_GivesNoMore()
    {
        await using var shop = await PrintShop.OpenAsync();
        var (station, empty) = (await shop.JoinAsync(blanks: 2), await shop.JoinAsync(blanks: 0));
        for (var i = 0; i < 3; i++)
        {
            await shop.EnqueueAsync();
        }

        Assert.Empty(await empty.LeaseAsync(3));
        Assert.Equal(2, (await station.LeaseAsync(3)).Count);
        Assert.Empty(await station.LeaseAsync(3));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Officer_WhoSteers_HoldsReleasesAndCancels(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var station = await shop.JoinAsync();
        var job = await shop.EnqueueAsync();

        var held = await shop.Officer.HoldJobAsync(new HoldJobRequest { RequestId = "1", JobId = job.JobId, Reason = "ribbon" });
        Assert.Equal((JobState.Held, "ribbon"), (held.Job.State, held.Job.Reason));
        Assert.Empty(await station.LeaseAsync());
        await shop.Officer.ReleaseJobAsync(new ReleaseJobRequest { RequestId = "2", JobId = job.JobId });
        var lease = Assert.Single(await station.LeaseAsync());
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => shop.Officer.HoldJobAsync(new HoldJobRequest { RequestId = "3", JobId = job.JobId, Reason = "stock" }).ResponseAsync);
        await shop.Officer.CancelJobAsync(new CancelJobRequest { RequestId = "4", JobId = job.JobId, Reason = "died" });
        await shop.RefusesAsync(StatusCode.Aborted, () => station.StartAsync(lease));

        Assert.Equal((JobState.Cancelled, "died"), ((await shop.FindAsync(job.JobId)).State, (await shop.FindAsync(job.JobId)).Reason));
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Jobs_OfARegion_AreListedOldestFirstInPagesAndCounted()
    {
        await using var shop = await PrintShop.OpenAsync();
        var jobs = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            jobs.Add((await shop.EnqueueAsync(i % 2 == 0 ? "53.71.04" : "53.71.05", held: i == 4 ? "review" : "")).JobId);
            await shop.AdvanceAsync(TimeSpan.FromSeconds(1));
        }

        var first = await shop.Officer.ListJobsAsync(new ListJobsRequest { RegionCode = "53.71", PageSize = 3 });
        var second = await shop.Officer.ListJobsAsync(new ListJobsRequest { RegionCode = "53.71", PageSize = 3, PageToken = first.NextPageToken });
        var district = await shop.Officer.ListJobsAsync(new ListJobsRequest { RegionCode = "53.71.04", State = JobState.Held });
        var totals = await shop.Officer.GetTotalsAsync(new GetTotalsRequest { RegionCode = "53.71.04" });

        Assert.Equal(jobs, first.Jobs.Concat(second.Jobs).Select(job => job.JobId));
        Assert.Equal("", second.NextPageToken);
        Assert.Equal(jobs[4], Assert.Single(district.Jobs).JobId);
        Assert.Equal((3, 1, 2), (totals.Enqueued, Jobs(totals, JobState.Held), Jobs(totals, JobState.Ready)));
        Assert.Equal(10, totals.Totals.Count);
    }

    [Fact]
    public async Task Citizen_Erased_TakesHisPayloadAndWaitingJobsAlong()
    {
        await using var shop = await PrintShop.OpenAsync();
        var (station, request) = (await shop.JoinAsync(), shop.NewJob());
        var waiting = (await shop.Officer.EnqueueJobAsync(request)).Job;
        await shop.EnqueueAsync();

        await new Ktp.Citizens.V1.CitizenService.CitizenServiceClient(shop.Server.Admin).EraseCitizenAsync(
            new Ktp.Citizens.V1.EraseCitizenRequest { RequestId = "1", Nik = request.Nik, Reason = "asked" });
        await shop.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(JobState.Cancelled, (await shop.FindAsync(waiting.JobId)).State);
        Assert.NotEqual(waiting.JobId, Assert.Single(await station.LeaseAsync(2)).JobId);
        var payloads = await shop.Server.Services.GetRequiredService<Database>().ReadAsync(
            tx => tx.NumberAsync("SELECT COUNT(*) FROM printing_payloads"), CancellationToken.None);
        Assert.Equal(1, payloads);
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Payload_AtRest_IsEncryptedAndNoFactNamesTheCitizen()
    {
        await using var shop = await PrintShop.OpenAsync();
        var request = shop.NewJob();
        request.Name = "Ariadne";
        request.CardPayload = ByteString.CopyFromUtf8("PAYLOAD-IN-CLEAR");
        await shop.Officer.EnqueueJobAsync(request);
        await shop.AdvanceAsync(TimeSpan.FromSeconds(1));

        var bytes = new List<byte[]>();
        foreach (var path in Directory.GetFiles(shop.Server.Options.Data, "ktp.db*"))
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var content = new byte[file.Length];
            await file.ReadExactlyAsync(content);
            bytes.Add(content);
        }

        Assert.NotEmpty(bytes);
        Assert.All<string>(["PAYLOAD-IN-CLEAR", "Ariadne", request.Nik], secret =>
            Assert.All(bytes, content => Assert.Equal(-1, content.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(secret)))));
    }

    [Fact]
    public async Task Enqueue_OfWhatDoesNotHold_IsRefused()
    {
        await using var shop = await PrintShop.OpenAsync();
        await shop.EnqueueAsync();
        var officer = new PrintingClient(shop.Server.Operator("officer", "53.71", Role.Officer));
        var viewer = new PrintingClient(shop.Server.Operator("viewer", "53.71", Role.StockOfficer));
        var elsewhere = new PrintingClient(shop.Server.Operator("elsewhere", "53.01", Role.Officer));

        Task RefusesAsync(StatusCode status, PrintingClient client, Action<EnqueueJobRequest> spoil)
        {
            var request = shop.NewJob();
            spoil(request);
            return shop.RefusesAsync(status, () => client.EnqueueJobAsync(request).ResponseAsync);
        }

        await RefusesAsync(StatusCode.InvalidArgument, officer, request => request.Nik = "537104010190000");
        await RefusesAsync(StatusCode.InvalidArgument, officer, request => request.Nik = "537104010190000x");
        await RefusesAsync(StatusCode.InvalidArgument, officer, request => request.Name = "");
        await RefusesAsync(StatusCode.InvalidArgument, officer, request => request.IssuanceNumber = 0);
        await RefusesAsync(StatusCode.InvalidArgument, officer, request => request.RegionCode = "5371");
        await RefusesAsync(StatusCode.InvalidArgument, officer, request => request.RegionCode = "53");
        await RefusesAsync(StatusCode.InvalidArgument, officer, request => request.Priority = JobPriority.Unspecified);
        await RefusesAsync(StatusCode.InvalidArgument, officer, request => request.Priority = (JobPriority)9);
        await RefusesAsync(StatusCode.InvalidArgument, officer, request => request.CardPayload = ByteString.Empty);
        await RefusesAsync(StatusCode.InvalidArgument, officer, request => request.CardPayload = ByteString.CopyFrom(new byte[65_537]));
        await RefusesAsync(StatusCode.InvalidArgument, officer, request => request.HeldReason = new string('x', 201));
        await RefusesAsync(StatusCode.InvalidArgument, officer, request => request.RequestId = "");
        await RefusesAsync(StatusCode.NotFound, officer, request => request.RegionCode = "53.71.09");
        await RefusesAsync(StatusCode.PermissionDenied, elsewhere, _ => { });
        await RefusesAsync(StatusCode.PermissionDenied, viewer, _ => { });
        await RefusesAsync(StatusCode.PermissionDenied, new PrintingClient((await shop.JoinAsync()).Control), _ => { });
        await RefusesAsync(StatusCode.Unauthenticated, new PrintingClient(shop.Server.Anonymous), _ => { });
    }

    [Fact]
    public async Task Call_WithInputThatDoesNotHold_IsRefused()
    {
        await using var shop = await PrintShop.OpenAsync();
        var station = await shop.JoinAsync();
        var job = await shop.EnqueueAsync();
        var lease = Assert.Single(await station.LeaseAsync());
        var elsewhere = new PrintingClient(shop.Server.Operator("elsewhere", "53.01", Role.Officer));
        var printer = new Device { Kind = DeviceKind.Printer, Serial = "HDP-1" };
        var unknown = new string('a', 32);

        await shop.RefusesAsync(StatusCode.InvalidArgument, () => station.Client.LeaseJobsAsync(new LeaseJobsRequest { MaxJobs = 17, Printer = printer }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => station.Client.LeaseJobsAsync(new LeaseJobsRequest { MaxJobs = 1 }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => station.Client.LeaseJobsAsync(new LeaseJobsRequest { MaxJobs = 1, Printer = new Device { Kind = DeviceKind.Iris, Serial = "1" } }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => shop.Officer.LeaseJobsAsync(new LeaseJobsRequest { MaxJobs = 1, Printer = printer }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => station.StartAsync(new Lease { JobId = "x", Epoch = 1 }));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => station.StartAsync(lease, printer: ""));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => station.StartAsync(new Lease { JobId = job.JobId, Epoch = 0 }));
        await shop.RefusesAsync(StatusCode.NotFound, () => station.StartAsync(new Lease { JobId = unknown, Epoch = 1 }));
        await shop.RefusesAsync(StatusCode.Aborted, () => station.StartAsync(new Lease { JobId = job.JobId, Epoch = 2 }));
        await shop.RefusesAsync(StatusCode.NotFound, () => station.PrintedAsync(new Lease { JobId = unknown, Epoch = 1 }));
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => station.FailedAsync(lease, FailureClass.NotFed));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => station.FailedAsync(lease, FailureClass.Unspecified));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => station.Client.ReportAttemptAsync(new ReportAttemptRequest { JobId = job.JobId, Epoch = 1, PrinterSerial = "HDP-1" }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => station.Client.ReconcileAttemptsAsync(
            new ReconcileAttemptsRequest { Attempts = { Enumerable.Range(0, 65).Select(_ => new ActiveAttempt { JobId = job.JobId, Epoch = 1 }) } }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => elsewhere.HoldJobAsync(new HoldJobRequest { RequestId = "1", JobId = job.JobId, Reason = "x" }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => elsewhere.ReleaseJobAsync(new ReleaseJobRequest { RequestId = "2", JobId = job.JobId }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => elsewhere.CancelJobAsync(new CancelJobRequest { RequestId = "3", JobId = job.JobId, Reason = "x" }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => shop.Officer.CancelJobAsync(new CancelJobRequest { RequestId = "4", JobId = job.JobId }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.NotFound, () => shop.Officer.CancelJobAsync(new CancelJobRequest { RequestId = "5", JobId = unknown, Reason = "x" }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => elsewhere.ListJobsAsync(new ListJobsRequest { RegionCode = "53.71" }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => shop.Officer.ListJobsAsync(new ListJobsRequest { RegionCode = "53.71", State = (JobState)99 }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => elsewhere.GetTotalsAsync(new GetTotalsRequest { RegionCode = "53.71" }).ResponseAsync);
    }

    private static long Jobs(GetTotalsResponse totals, JobState state) => totals.Totals.Single(total => total.State == state).Jobs;
}
