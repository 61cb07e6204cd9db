using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Ktp.Enrolment.V1;
using Ktp.Journal.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Security;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Enrolment;

public sealed class UploadTests
{
    private const string District = "53.71.04";

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Packet_SentWhole_IsKeptCountedAndReceipted(Engine engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        await server.PutRegionsAsync(District);
        var station = await server.JoinAsync(District);
        var packet = new Sealed(1_300_001);

        var receipt = await packet.SendAsync(station);

        Assert.Equal((packet.Id, packet.Offer.Sha256, 1_300_001L), (receipt.PacketId, receipt.Sha256, receipt.Length));
        AssertSigned(server, receipt);
        Assert.Equal(packet.Bytes, Assert.Single(Sealed.Kept(server)).Value);
        Assert.Empty(Directory.EnumerateFiles(Path.GetDirectoryName(packet.IncomingFile(server))!));
        var asked = await new EnrolmentService.EnrolmentServiceClient(station.Control).GetReceiptAsync(new GetReceiptRequest { PacketId = packet.Id });
        Assert.Equal(receipt, asked.Receipt);
        Assert.Equal((1, 1_300_001, 0), await TotalsAsync(server));
        await AssertFoldHoldsAsync(server);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Packet_OfferedAgainAlsoAfterARestart_GetsTheSameReceiptAndIsCounted(Engine engine)
    {
        var packet = new Sealed(100_000);
        await using var first = await RunningServer.StartAsync(engine);
        await first.PutRegionsAsync(District);
        var station = await first.JoinAsync(District);
        var receipt = await packet.SendAsync(station);
        var again = await packet.OfferAsync(station);

        await using var second = await first.RestartAsync();
        var later = await packet.OfferAsync(second.As(station.Id, station.Certificate));
        var uploaded = await packet.UploadAsync(second.As(station.Id, station.Certificate), from: 0);

        Assert.All([again.Receipt, later.Receipt, uploaded], answer => Assert.Equal(receipt, answer));
        Assert.Equal((1, 100_000, 2), await TotalsAsync(second));
        await AssertFoldHoldsAsync(second);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Upload_WhoseClientDies_GoesOnAtTheByteThatArrived(Engine engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        await server.PutRegionsAsync(District);
        var station = await server.JoinAsync(District);
        var packet = new Sealed(500_000);
        var call = await packet.StartAsync(server, station, until: 3 * Sealed.Chunk + 17);

        call.Dispose();
        var answer = await packet.OfferAsync(station);

        Assert.Equal(3 * Sealed.Chunk + 17, answer.WantedFrom);
        AssertSigned(server, await packet.UploadAsync(station, answer.WantedFrom));
        Assert.Equal(packet.Bytes, Assert.Single(Sealed.Kept(server)).Value);
        await AssertFoldHoldsAsync(server);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Upload_WhoseServerStops_GoesOnAfterTheRestart(Engine engine)
    {
        await using var first = await RunningServer.StartAsync(engine);
        await first.PutRegionsAsync(District);
        var station = await first.JoinAsync(District);
        var packet = new Sealed(500_000);
        using var call = await packet.StartAsync(first, station, until: 2 * Sealed.Chunk);

        await using var second = await first.RestartAsync();
        var same = second.As(station.Id, station.Certificate);
        var answer = await packet.OfferAsync(same);

        await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal(2 * Sealed.Chunk, answer.WantedFrom);
        AssertSigned(second, await packet.UploadAsync(same, answer.WantedFrom));
        Assert.Equal(packet.Bytes, Assert.Single(Sealed.Kept(second)).Value);
        await AssertFoldHoldsAsync(second);
    }

    [Fact]
    public async Task Packet_WholeOnTheDiskButNotWrittenDown_IsReceivedByTheNextOffer()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync(District);
        var station = await server.JoinAsync(District);
        var (arrived, placed, broken) = (new Sealed(200_000, 1), new Sealed(200_000, 2), new Sealed(200_000, 3));
        await arrived.OfferAsync(station);
        await placed.OfferAsync(station);
        await broken.OfferAsync(station);

        // As a crash leaves them: before the rename, after it, and with bytes that the disk lost.
        await File.WriteAllBytesAsync(arrived.IncomingFile(server), arrived.Bytes);
        var month = Path.Combine(server.Options.Data, "packets", District, $"{TimeProvider.System.GetUtcNow():yyyy-MM}");
        Directory.CreateDirectory(month);
        await File.WriteAllBytesAsync(Path.Combine(month, placed.Id + ".cms"), placed.Bytes);
        await File.WriteAllBytesAsync(broken.IncomingFile(server), new byte[200_000]);

        AssertSigned(server, (await arrived.OfferAsync(station)).Receipt);
        AssertSigned(server, (await placed.OfferAsync(station)).Receipt);
        Assert.Equal((OfferResponse.OutcomeOneofCase.WantedFrom, 0), ((await broken.OfferAsync(station)) is var answer ? answer.OutcomeCase : default, answer.WantedFrom));
        Assert.Equal((2, 400_000, 0), await TotalsAsync(server));
        Assert.Equal(placed.Bytes, Sealed.Kept(server)[placed.Id]);
        await AssertFoldHoldsAsync(server);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Packets_TwentyAtOnce_AllArrive(Engine engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        await server.PutRegionsAsync(District, "53.71.05");
        var stations = new[] { await server.JoinAsync(District), await server.JoinAsync("53.71.05") };
        var packets = Enumerable.Range(1, 20).Select(number => new Sealed(400_000 + number, number)).ToList();

        var receipts = await Task.WhenAll(packets.Select((packet, number) => packet.SendAsync(stations[number % 2])));

        Assert.All(receipts, receipt => AssertSigned(server, receipt));
        var kept = Sealed.Kept(server);
        Assert.Equal(20, kept.Count);
        Assert.All(packets, packet => Assert.Equal(packet.Bytes, kept[packet.Id]));
        Assert.Equal((20, packets.Sum(packet => packet.Bytes.LongLength), 0), await TotalsAsync(server));
        await AssertFoldHoldsAsync(server);
    }

    [Fact]
    public async Task Upload_WhileAnEarlierOneIsHalfOpen_TakesItOver()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync(District);
        var station = await server.JoinAsync(District);
        var packet = new Sealed(600_000);
        using var half = await packet.StartAsync(server, station, until: Sealed.Chunk);

        // Without another offer: only the upload itself takes over.
        var receipt = await packet.UploadAsync(station, Sealed.Chunk);

        AssertSigned(server, receipt);
        Assert.Equal(StatusCode.Aborted, (await Assert.ThrowsAsync<RpcException>(() => half.ResponseAsync)).StatusCode);
        Assert.Equal(packet.Bytes, Assert.Single(Sealed.Kept(server)).Value);
    }

    [Fact]
    public async Task Uploads_OfOnePacketManyAtOnce_CorruptNothing()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync(District);
        var station = await server.JoinAsync(District);
        var packet = new Sealed(2_000_000);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                return (await packet.SendAsync(station)).PacketId;
            }
            catch (RpcException lost)
            {
                return lost.StatusCode.ToString();
            }
        }));
        var receipt = await packet.SendAsync(station);

        Assert.All(outcomes, outcome => Assert.Contains(outcome, new[] { packet.Id, nameof(StatusCode.Aborted), nameof(StatusCode.OutOfRange) }));
        AssertSigned(server, receipt);
        Assert.Equal(packet.Bytes, Assert.Single(Sealed.Kept(server)).Value);
        Assert.Equal(1, (await TotalsAsync(server)).Packets);
    }

    [Fact]
    public async Task Receipt_AfterTheServersCertificateChanged_IsSignedByTheNewOne()
    {
        await using var first = await RunningServer.StartAsync();
        await first.PutRegionsAsync(District);
        var station = await first.JoinAsync(District);
        var packet = new Sealed(10_000);
        var before = await packet.SendAsync(station);

        await using var second = await first.RestartAsync(options => options with { HostNames = ["localhost", "127.0.0.1", "kupang.example"] });
        var after = (await packet.OfferAsync(second.As(station.Id, station.Certificate))).Receipt;

        AssertSigned(second, after);
        Assert.NotEqual(before.Signature, after.Signature);
        after.Signature = before.Signature;
        Assert.Equal(before, after);
    }

    [Fact]
    public async Task Packets_OfARegion_AreListedOldestFirstPageByPage()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync(District, "53.71.05");
        var (here, there) = (await server.JoinAsync(District), await server.JoinAsync("53.71.05"));
        var sent = new List<string>();
        foreach (var (station, number) in new[] { here, there, here, here, there }.Select((station, number) => (station, number)))
        {
            sent.Add((await new Sealed(1000 + number, number).SendAsync(station)).PacketId);
        }

        Assert.Equal([sent[0], sent[2], sent[3]], await ListAsync(District, 2));
        Assert.Equal(sent.Order(), (await ListAsync("53.71", 2)).Order());
        Assert.Equal(sent.Order(), (await ListAsync("", 3)).Order());
        Assert.Empty(await ListAsync("53.72", 2));

        async Task<List<string>> ListAsync(string region, int size)
        {
            var officer = new EnrolmentService.EnrolmentServiceClient(server.Admin);
            var listed = new List<Packet>();
            var page = new ListPacketsResponse();
            do
            {
                page = await officer.ListPacketsAsync(new ListPacketsRequest { RegionCode = region, PageSize = size, PageToken = page.NextPageToken });
                listed.AddRange(page.Packets);
            }
            while (page.NextPageToken.Length > 0);

            Assert.Equal(listed.OrderBy(packet => packet.ReceivedAt), listed);
            return [.. listed.Select(packet => packet.PacketId)];
        }
    }

    internal static void AssertSigned(RunningServer server, Receipt receipt)
    {
        var line = $"ktp-receipt-v1 {receipt.PacketId} {Convert.ToHexStringLower(receipt.Sha256.Span)} {receipt.Length} {receipt.ReceivedAt.ToDateTimeOffset().ToUnixTimeMilliseconds()}";
        using var key = server.Services.GetRequiredService<ServerCertificate>().Certificate.GetECDsaPublicKey()!;
        Assert.True(key.VerifyData(Encoding.UTF8.GetBytes(line), receipt.Signature.Span, HashAlgorithmName.SHA256));
    }

    internal static async Task<(long Packets, long Bytes, long Duplicates)> TotalsAsync(RunningServer server)
    {
        var totals = await new EnrolmentService.EnrolmentServiceClient(server.Admin).GetTotalsAsync(new GetTotalsRequest { RegionCode = "53.71" });
        return (totals.Packets, totals.Bytes, totals.DuplicatesRefused);
    }

    internal static async Task AssertFoldHoldsAsync(RunningServer server) =>
        Assert.Empty((await new JournalService.JournalServiceClient(server.Admin).VerifyJournalAsync(new VerifyJournalRequest())).Faults);
}
