using System.IO.Compression;
using Ktp.Coverage.V1;
using Ktp.Enrolment.V1;
using KtpGrpc.Agent;
using KtpGrpc.Agent.Devices;
using KtpGrpc.Agent.Enrolment;
using KtpGrpc.Testing;
using Xunit;
using Citizen = KtpGrpc.Agent.Enrolment.Citizen;

namespace KtpGrpc.Functional;

public sealed class PacketTests
{
    [Fact]
    public async Task Packet_OfAStation_IsCountedByTheServerAndOpenedByTheCentreAlone()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync("53.71.04");
        using var folder = new TempFolder();
        using var centre = CentreKeys.Create(folder["centre"], Now);
        var scanner = new OnePersonScanner();
        await using var agent = await TestStation.JoinAsync(
            server, folder["station"], new Kit([scanner], null, []), centre: Path.Combine(folder["centre"], CentreKeys.CertificateFile));

        var recorded = await agent.RecordAsync(new Citizen(Nik.Parse("5371045508900001"), "A citizen"), Now, CancellationToken.None);
        Assert.IsType<StepOutcome.Done>(await agent.RunDueAsync(Now, CancellationToken.None));

        var saved = Assert.IsType<RecordOutcome.Saved>(recorded);
        var totals = await new EnrolmentService.EnrolmentServiceClient(server.Admin).GetTotalsAsync(new GetTotalsRequest { RegionCode = "53.71" });
        Assert.Equal(1, totals.Packets);
        await Eventually.HoldsAsync(
            async () => (await new CoverageService.CoverageServiceClient(server.Admin).GetCoverageAsync(new GetCoverageRequest { RegionCode = "53.71" })).Coverage.Recorded,
            count => count == 1);
        Assert.Empty(Directory.EnumerateFiles(folder["station/packets"], "*.cms"));
        var kept = Assert.Single(Directory.EnumerateFiles(Path.Combine(server.Options.Data, "packets"), saved.Packet + "*", SearchOption.AllDirectories));
        using var zip = await OpenAtTheCentreAsync(kept, folder, server);
        Assert.Equal(scanner.Parts.Count + 1, zip.Entries.Count);
        foreach (var part in scanner.Parts)
        {
            using var content = new MemoryStream();
            await using var entry = zip.GetEntry(part.FileName())!.Open();
            await entry.CopyToAsync(content);
            Assert.Equal(scanner.Original[part], content.ToArray());
        }
    }

    [Fact]
    public async Task Record_ThatIsTruncated_IsRefusedWithItsReasonAndNothingIsSealed()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync("53.71.04");
        using var folder = new TempFolder();
        using var centre = CentreKeys.Create(folder["centre"], Now);
        await using var agent = await TestStation.JoinAsync(
            server, folder["station"], new Kit([new OnePersonScanner(truncated: true)], null, []), centre: Path.Combine(folder["centre"], CentreKeys.CertificateFile));

        var recorded = await agent.RecordAsync(new Citizen(Nik.Parse("5371045508900001"), "A citizen"), Now, CancellationToken.None);
        Assert.IsType<StepOutcome.Done>(await agent.RunDueAsync(Now, CancellationToken.None));

        var events = await StationBench.EventsAsync(server, count: 3);
        Assert.All(events, told => Assert.Matches(@"record says it has \d+ bytes and has \d+", told));
        var failed = Assert.IsType<RecordOutcome.Failed>(recorded);
        Assert.Equal("record-refused", failed.Code);
        Assert.Empty(Directory.EnumerateFiles(folder["station/packets"]));
        Assert.Equal(0, (await new EnrolmentService.EnrolmentServiceClient(server.Admin).GetTotalsAsync(new GetTotalsRequest { RegionCode = "53.71" })).Packets);
    }

    [Fact]
    public async Task Citizen_WhoseVillageTheOperatorTypes_CountsForThatVillage()
    {
        await using var bench = await StationBench.StartAsync();
        await using var agent = await bench.OpenAsync();
        var citizen = new Citizen(Nik.Parse("5371045508900001"), "A citizen");

        Assert.IsType<RecordOutcome.Saved>(await agent.RecordAsync(citizen with { Village = VillageCode.Parse("53.71.04.1001") }, Now, CancellationToken.None));
        Assert.IsType<StepOutcome.Done>(await agent.RunDueAsync(Now, CancellationToken.None));

        var coverage = new CoverageService.CoverageServiceClient(bench.Server.Admin);
        var told = await Eventually.HoldsAsync(
            async () => await coverage.GetCoverageAsync(new GetCoverageRequest { RegionCode = "53.71.04" }), seen => seen.Below.Count > 0);
        var village = Assert.Single(told.Below);
        Assert.Equal(("53.71.04.1001", 1L), (village.RegionCode, village.Recorded));
    }

    [Fact]
    public async Task Citizen_OfAVillageInAnotherRegency_IsNotEvenCaptured()
    {
        await using var bench = await StationBench.StartAsync();
        await using var agent = await bench.OpenAsync();
        var citizen = new Citizen(Nik.Parse("5371045508900001"), "A citizen") { Village = VillageCode.Parse("53.72.01.1001") };

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => agent.RecordAsync(citizen, Now, CancellationToken.None));

        Assert.Contains("53.72.01.1001 is not in the regency of " + agent.StationId, refused.Message);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(bench.Folder, "packets")));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(bench.Folder, "offers")));
    }

    [Fact]
    public async Task Capture_ThatTookFourMinutes_IsAmongTheServiceTimesOfItsStation()
    {
        await using var bench = await StationBench.StartAsync();
        var time = new StretchedTime();
        await using var agent = await bench.OpenAsync(new Kit([new SlowScanner(time, TimeSpan.FromMinutes(4))], null, []), time: time);
        await StationBench.RecordAsync(agent);
        Assert.IsType<StepOutcome.Done>(await agent.RunDueAsync(Now, CancellationToken.None));

        var coverage = new CoverageService.CoverageServiceClient(bench.Server.Admin);
        var told = await Eventually.HoldsAsync(
            async () => await coverage.GetServiceTimesAsync(new GetServiceTimesRequest { RegionCode = "53.71" }), seen => seen.Stations.Count > 0);

        Assert.Equal((agent.StationId, 1L), (told.Stations[0].StationId, told.Stations[0].Captured.Citizens));
        Assert.InRange(told.Stations[0].Captured.Median.ToTimeSpan().TotalMinutes, 3.8, 4.2);
    }

    [Fact]
    public async Task Packets_ThatWaitAtAStation_AreToldWithItsSamples()
    {
        await using var bench = await StationBench.StartAsync();
        await using var agent = await bench.OpenAsync();
        await StationBench.RecordAsync(agent);
        await StationBench.RecordAsync(agent, 2);
        var bytes = Directory.EnumerateFiles(Path.Combine(bench.Folder, "packets"), "*.cms").Sum(path => new FileInfo(path).Length);

        Assert.IsType<StepOutcome.Done>(await agent.TalkAsync(CancellationToken.None));

        Assert.Contains($"ktp_health_station_waiting_packets{{region=\"53.71.04\",station=\"{agent.StationId}\"}} 2\n", await ReadAsync());
        Assert.Contains($"ktp_health_station_waiting_bytes{{region=\"53.71.04\",station=\"{agent.StationId}\"}} {bytes}\n", await ReadAsync());
        Assert.IsType<StepOutcome.Done>(await agent.UploadAsync(CancellationToken.None));
        Assert.IsType<StepOutcome.Done>(await agent.TalkAsync(CancellationToken.None));
        Assert.Contains($"ktp_health_station_waiting_packets{{region=\"53.71.04\",station=\"{agent.StationId}\"}} 0\n", await ReadAsync());

        async Task<string> ReadAsync()
        {
            using var http = new HttpClient();
            return await http.GetStringAsync(new Uri(bench.Server.HttpAddress, "/metrics/stations?region=53.71"));
        }
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>The system's time, of which more has passed than did.</summary>
    private sealed class StretchedTime : TimeProvider
    {
        private long _passed;

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _passed);

        public void Pass(TimeSpan time) => Interlocked.Add(ref _passed, (long)(time.TotalSeconds * TimestampFrequency));
    }

    /// <summary>A person who takes his time.</summary>
    private sealed class SlowScanner(StretchedTime time, TimeSpan takes) : ICaptureDevice
    {
        private readonly OnePersonScanner _scanner = new();

        public Ktp.Health.V1.Device Identity => _scanner.Identity;

        public IReadOnlyList<BodyPart> Parts => _scanner.Parts;

        public Task<CaptureOutcome> CaptureAsync(DateTimeOffset now, CancellationToken cancellation)
        {
            time.Pass(takes);
            return _scanner.CaptureAsync(now, cancellation);
        }

        public Ktp.Health.V1.Sample Read(DateTimeOffset now) => _scanner.Read(now);
    }

    /// <summary>What the centre does, with nothing but OpenSSL, the authority's certificate and its own key.</summary>
    private static async Task<ZipArchive> OpenAtTheCentreAsync(string packet, TempFolder folder, RunningServer server)
    {
        await File.WriteAllTextAsync(folder["ca.pem"], server.Authority.ExportCertificatePem());
        OpenSsl.Succeed("cms", "-verify", "-inform", "DER", "-in", packet, "-CAfile", folder["ca.pem"], "-no_check_time", "-out", folder["enveloped"]);
        OpenSsl.Succeed("cms", "-decrypt", "-inform", "DER", "-in", folder["enveloped"], "-inkey", Path.Combine(folder["centre"], "centre-key.pem"), "-out", folder["packet.zip"]);
        return ZipFile.OpenRead(folder["packet.zip"]);
    }
}
