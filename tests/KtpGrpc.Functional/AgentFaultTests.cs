using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Ktp.Health.V1;
using Ktp.Session.V1;
using Ktp.Stations.V1;
using KtpGrpc.Agent;
using KtpGrpc.Agent.Devices;
using KtpGrpc.Agent.Enrolment;
using KtpGrpc.Agent.Identity;
using KtpGrpc.Agent.Outbox;
using KtpGrpc.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KtpGrpc.Functional;

public sealed class AgentFaultTests : IAsyncLifetime
{
    private StationBench _bench = null!;

    public async Task InitializeAsync() => _bench = await StationBench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task Packet_ThatTheServerRefuses_IsMovedAsideWithAnEventAndTheNextOneGoes()
    {
        await using var agent = await _bench.OpenAsync();
        var refused = await StationBench.RecordAsync(agent, 1);
        await StationBench.RecordAsync(agent, 2);
        var note = _bench.FileOf("offers", refused);
        await File.WriteAllTextAsync(note, (await File.ReadAllTextAsync(note)).Replace("5371045508900001", "5371049913900001", StringComparison.Ordinal));

        Assert.IsType<StepOutcome.Done>(await RunDueAsync(agent));
        Assert.IsType<StepOutcome.Done>(await RunDueAsync(agent));

        Assert.Equal(1, await _bench.PacketsReceivedAsync());
        Assert.EndsWith(".refused", _bench.FileOf("packets", refused));
        var told = Assert.Single(await _bench.EventsAsync(1));
        Assert.Contains("packet-set-aside", told);
        Assert.Contains($"packet {refused}: ", told);
        Assert.DoesNotContain("5371049913900001", told);
    }

    [Fact]
    public async Task Packet_DamagedOnTheDisk_IsMovedAsideAndTheNextOneGoes()
    {
        await using var agent = await _bench.OpenAsync();
        var damaged = await StationBench.RecordAsync(agent, 1);
        await StationBench.RecordAsync(agent, 2);
        var bytes = await File.ReadAllBytesAsync(_bench.FileOf("packets", damaged));
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(_bench.FileOf("packets", damaged), bytes);

        await RunDueAsync(agent);
        await agent.DisconnectAsync();
        await RunDueAsync(agent);
        await agent.DisconnectAsync();

        Assert.IsType<StepOutcome.Done>(await RunDueAsync(agent));
        Assert.Equal(1, await _bench.PacketsReceivedAsync());
        Assert.EndsWith(".refused", _bench.FileOf("packets", damaged));
        Assert.Contains($"packet {damaged}: ", Assert.Single(await _bench.EventsAsync(1)));
    }

    [Fact]
    public async Task Packet_WithoutItsNote_IsMovedAsideAndTheNextOneGoes()
    {
        await using var agent = await _bench.OpenAsync();
        var nameless = await StationBench.RecordAsync(agent, 1);
        await StationBench.RecordAsync(agent, 2);
        File.Delete(_bench.FileOf("offers", nameless));

        Assert.IsType<StepOutcome.Done>(await RunDueAsync(agent));

        Assert.Equal(1, await _bench.PacketsReceivedAsync());
        Assert.EndsWith(".refused", _bench.FileOf("packets", nameless));
    }

    [Fact]
    public async Task Uploads_ThatFail_LeaveTheSessionOpenAndThePrinterAtWork()
    {
        var printer = new PaperPrinter(new PrintOutcome.Printed(""));
        await using var agent = await _bench.OpenAsync(
            new Kit([new OnePersonScanner()], printer, []), options => options with { UploadWire = wire => wire.Intercept(new BrokenWire()) });
        await _bench.FeedAsync(agent, 1);
        await StationBench.RecordAsync(agent);

        var outcome = await RunDueAsync(agent);

        Assert.IsNotType<StepOutcome.Done>(outcome);
        Assert.Single(printer.Fed);
        Assert.True((await new StationService.StationServiceClient(_bench.Server.Admin).GetStationAsync(
            new GetStationRequest { StationId = agent.StationId })).Station.Connected);
    }

    [Fact]
    public async Task Event_ThatSaysNothing_IsTakenAsItIsAndHoldsNothingUp()
    {
        using (var outbox = DiskOutbox.Open(Path.Combine(_bench.Folder, "outbox"), new OutboxOptions()))
        {
            outbox.Append(new Event { OccurredAt = StationBench.Now.ToTimestamp(), PartRefused = new PartRefused() }.ToByteArray());
        }

        await using var agent = await _bench.OpenAsync();

        Assert.IsType<StepOutcome.Done>(await RunDueAsync(agent).WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.IsType<StepOutcome.Done>(await RunDueAsync(agent));

        Assert.Contains("part-refused", Assert.Single(await _bench.EventsAsync(1)));
    }

    [Fact]
    public async Task Outbox_ThatWasRestoredFromAnOlderDisk_LosesNoEvent()
    {
        await (await _bench.OpenAsync()).DisposeAsync();
        var older = await File.ReadAllBytesAsync(Path.Combine(_bench.Folder, "outbox", "mark"));
        await LiveWithOneEventAsync("first");
        Directory.EnumerateFiles(Path.Combine(_bench.Folder, "outbox"), "*.seg").ToList().ForEach(File.Delete);
        await File.WriteAllBytesAsync(Path.Combine(_bench.Folder, "outbox", "mark"), older);

        await LiveWithOneEventAsync("second");

        Assert.Contains("second", (await _bench.EventsAsync(2))[1]);
    }

    [Fact]
    public async Task Report_WithACodeLongerThanTheContractAllows_EndsTheAttemptAndTheStationGoesOn()
    {
        var printer = new PaperPrinter(new PrintOutcome.Failed(Ktp.Printing.V1.FailureClass.Print, new string('x', 5000)));
        await using var agent = await _bench.OpenAsync(new Kit([], printer, []));
        await _bench.FeedAsync(agent, 1);

        Assert.IsType<StepOutcome.Done>(await RunDueAsync(agent));

        Assert.Single(printer.Fed);
        var job = Assert.Single(await _bench.JobsAsync());
        Assert.Equal((Ktp.Printing.V1.JobState.Held, "stock"), (job.State, job.Reason));
    }

    [Fact]
    public async Task Report_WithoutAFailureClass_EndsTheAttemptWithAnEvent()
    {
        var printer = new PaperPrinter(new PrintOutcome.Failed(Ktp.Printing.V1.FailureClass.Unspecified, "odd"));
        await using var agent = await _bench.OpenAsync(new Kit([], printer, []));
        await _bench.FeedAsync(agent, 1);

        Assert.IsType<StepOutcome.Done>(await RunDueAsync(agent));
        Assert.IsType<StepOutcome.Done>(await RunDueAsync(agent));

        Assert.Single(printer.Fed);
        var told = Assert.Single(await _bench.EventsAsync(1));
        Assert.Contains("report-refused", told);
        Assert.Contains($"job {Assert.Single(await _bench.JobsAsync()).JobId}, epoch 1: failure_class", told);
    }

    [Fact]
    public async Task Capture_WithoutOneOfTheDevicesParts_IsAFailedTry()
    {
        await using var agent = await _bench.OpenAsync(new Kit([new OnePersonScanner(missing: BodyPart.LeftIris)], null, []));

        var outcome = await agent.RecordAsync(new Citizen(Nik.Parse("5371045508900001"), "A citizen"), StationBench.Now, CancellationToken.None);
        await RunDueAsync(agent);

        Assert.Equal("record-refused", Assert.IsType<RecordOutcome.Failed>(outcome).Code);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_bench.Folder, "packets")));
        Assert.All(await _bench.EventsAsync(3), told => Assert.Contains("part-refused\",\"details\":\"Left_Iris.iso is missing", told));
    }

    [Fact]
    public async Task Clock_ADayAhead_IsCorrectedByTheWelcomeAndTold()
    {
        var ahead = new ManualTime();
        ahead.Advance(TimeSpan.FromDays(1));
        await using var agent = await _bench.OpenAsync(time: ahead);

        Assert.IsType<StepOutcome.Done>(await agent.TalkAsync(CancellationToken.None));

        Assert.InRange(agent.Now, StationBench.Now.AddMinutes(-1), StationBench.Now.AddMinutes(1));
        var conditions = await new HealthService.HealthServiceClient(_bench.Server.Admin).ListConditionsAsync(new ListConditionsRequest { RegionCode = "53.71" });
        Assert.Contains(conditions.Conditions, condition => condition.Device.Serial == "FP-1" && condition.State == ConditionState.Healthy);
        Assert.Contains("clock-corrected", Assert.Single(await _bench.EventsAsync(1)));
    }

    [Fact]
    public async Task Renewal_ThatFails_StopsNothingWhileTheCertificateHolds()
    {
        await (await _bench.OpenAsync()).DisposeAsync();
        var identity = StationIdentity.Load(_bench.Folder)!;
        var expires = new DateTimeOffset(identity.Certificate.NotAfter.ToUniversalTime());
        var renewal = new Renewal(_bench.Options with { Control = new Uri("https://127.0.0.1:1") }, TimeProvider.System, NullLogger.Instance);

        Assert.Null(await renewal.RunDueAsync(identity, expires.AddDays(-1), CancellationToken.None));

        await Assert.ThrowsAsync<RpcException>(() => renewal.RunDueAsync(identity, expires, CancellationToken.None));
    }

    [Fact]
    public async Task Certificate_ThatIsDue_IsRenewedAndUsed()
    {
        await (await _bench.OpenAsync()).DisposeAsync();
        var identity = StationIdentity.Load(_bench.Folder)!;
        var time = new ManualTime();
        time.Advance((identity.Certificate.NotAfter - identity.Certificate.NotBefore) * 0.7);
        await using var agent = await _bench.OpenAsync(time: time);

        Assert.IsType<StepOutcome.Done>(await RunDueAsync(agent));

        Assert.NotEqual(identity.Certificate.SerialNumber, StationIdentity.Load(_bench.Folder)!.Certificate.SerialNumber);
    }

    private static Task<StepOutcome> RunDueAsync(StationAgent agent) => agent.RunDueAsync(StationBench.Now, CancellationToken.None);

    /// <summary>One life of the agent, in which it tells one event.</summary>
    private async Task LiveWithOneEventAsync(string reason)
    {
        using (var outbox = DiskOutbox.Open(Path.Combine(_bench.Folder, "outbox"), new OutboxOptions()))
        {
            var happened = new Event { OccurredAt = StationBench.Now.ToTimestamp(), PartRefused = new PartRefused { Device = new Device(), Reason = reason } };
            outbox.Append(happened.ToByteArray());
        }

        await using var agent = await _bench.OpenAsync();
        Assert.IsType<StepOutcome.Done>(await RunDueAsync(agent));
    }
}
