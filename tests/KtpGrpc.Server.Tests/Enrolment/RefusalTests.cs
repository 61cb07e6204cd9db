using Google.Protobuf;
using Grpc.Core;
using Ktp.Enrolment.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Enrolment;

/// <summary>What is refused changes nothing: neither the disk, nor the tables, nor the journal.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private const string District = "53.71.04";

    private static readonly string[] _tables = ["packets", "packet_totals", "packet_offers", "packet_duplicates", "citizens", "journal WHERE kind LIKE 'enrolment.%'"];

    private RunningServer _server = null!;
    private JoinedStation _station = null!;
    private JoinedStation _other = null!;

    public static TheoryData<string, Action<OfferRequest>> WrongOffers => new()
    {
        { "packet_id", offer => offer.PacketId = "17" },
        { "packet_id", offer => offer.PacketId = "../../../../../../../../../../../etc" },
        { "sha256", offer => offer.Sha256 = ByteString.CopyFrom(new byte[31]) },
        { "length", offer => offer.Length = 0 },
        { "length", offer => offer.Length = -1 },
        { "length", offer => offer.Length = 100_000_000 },
        { "length", offer => offer.Length = 16 * 1024 * 1024 + 1 },
        { "captured_at", offer => offer.CapturedAt = null },
        { "citizen", offer => offer.Citizen = null },
        { "16 digits", offer => offer.Citizen.Nik = "537104120390001" },
        { "date of birth", offer => offer.Citizen.Nik = "5371049913900001" },
        { "citizen.name", offer => offer.Citizen.Name = " " },
        { "citizen.name", offer => offer.Citizen.Name = new string('x', 201) },
    };

    public async Task InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await _server.PutRegionsAsync(District, "53.71.05");
        _station = await _server.JoinAsync(District);
        _other = await _server.JoinAsync("53.71.05");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(WrongOffers))]
    public async Task Offer_OfWhatCannotBe_IsInvalid(string named, Action<OfferRequest> spoil)
    {
        var packet = new Sealed(1000);
        spoil(packet.Offer);

        var refusal = await UnchangedAsync(() => Assert.ThrowsAsync<RpcException>(() => packet.OfferAsync(_station)));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Contains(named, refusal.Status.Detail);
        Assert.DoesNotContain("537104", refusal.Status.Detail);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Offer_OfAnotherPacketUnderTheSameId_AlreadyExists(bool received)
    {
        var first = new Sealed(100_000);
        if (received)
        {
            await first.SendAsync(_station);
        }
        else
        {
            await first.OfferAsync(_station);
        }

        var (hash, length, station) = (first.Offer.Clone(), first.Offer.Clone(), first.Offer.Clone());
        hash.Sha256 = ByteString.CopyFrom(new byte[32]);
        length.Length++;

        foreach (var (offer, from) in new[] { (hash, _station), (length, _station), (station, _other) })
        {
            var refusal = await UnchangedAsync(() => Assert.ThrowsAsync<RpcException>(async () => await Sealed.Uploads(from).OfferAsync(offer)));
            Assert.Equal(StatusCode.AlreadyExists, refusal.StatusCode);
        }

        Assert.Equal(first.Id, (await first.SendAsync(_station)).PacketId);
    }

    [Fact]
    public async Task Chunk_OutOfOrder_IsRefusedAndWhatArrivedStays()
    {
        var packet = new Sealed(300_000);
        await packet.OfferAsync(_station);

        var gap = await Sealed.RefusedAsync(_station, packet.At(0), packet.At(2 * Sealed.Chunk));
        var wantedAfterGap = (await packet.OfferAsync(_station)).WantedFrom;
        var (again, early) = (await Sealed.RefusedAsync(_station, packet.At(0)), await Sealed.RefusedAsync(_station, packet.At(Sealed.Chunk)));
        var negative = await Sealed.RefusedAsync(_station, new UploadRequest { PacketId = packet.Id, Offset = -1, Data = ByteString.CopyFrom(1) });

        Assert.All([gap, again, early, negative], refusal => Assert.Equal(StatusCode.OutOfRange, refusal.StatusCode));
        Assert.Equal((Sealed.Chunk, 2 * Sealed.Chunk), (wantedAfterGap, (await packet.OfferAsync(_station)).WantedFrom));
        await packet.SendAsync(_station);
        Assert.Equal(packet.Bytes, Assert.Single(Sealed.Kept(_server)).Value);
    }

    [Fact]
    public async Task Chunk_BeyondTheEnd_IsRefusedAndWhatArrivedStays()
    {
        var packet = new Sealed(Sealed.Chunk + 10);
        await packet.OfferAsync(_station);
        var tooMuch = new UploadRequest { PacketId = packet.Id, Offset = Sealed.Chunk, Data = ByteString.CopyFrom(new byte[11]) };

        var refusal = await Sealed.RefusedAsync(_station, packet.At(0), tooMuch);

        Assert.Equal(StatusCode.OutOfRange, refusal.StatusCode);
        Assert.Equal(Sealed.Chunk, (await packet.OfferAsync(_station)).WantedFrom);
        Assert.Empty(Sealed.Kept(_server));
    }

    [Fact]
    public async Task Bytes_WithAnotherHash_AreLostAndWantedFromTheStart()
    {
        var packet = new Sealed(150_000);
        await packet.OfferAsync(_station);
        var spoiled = packet.At(Sealed.Chunk);
        spoiled.Data = ByteString.CopyFrom([(byte)(spoiled.Data[0] ^ 1), .. spoiled.Data.Span[1..]]);

        var refusal = await UnchangedAsync(() => Sealed.RefusedAsync(_station, packet.At(0), spoiled, packet.At(2 * Sealed.Chunk)));

        Assert.Equal(StatusCode.DataLoss, refusal.StatusCode);
        Assert.Equal(0, (await packet.OfferAsync(_station)).WantedFrom);
        UploadTests.AssertSigned(_server, await packet.SendAsync(_station));
        Assert.Equal(packet.Bytes, Assert.Single(Sealed.Kept(_server)).Value);
    }

    [Fact]
    public async Task Upload_ThatIsNone_IsRefusedWithItsReason()
    {
        var packet = new Sealed(100_000);
        await packet.OfferAsync(_station);
        var second = new Sealed(100_000, 2);
        var (empty, big, foreign) = (packet.At(0), packet.At(0), second.At(Sealed.Chunk));
        empty.Data = ByteString.Empty;
        big.Data = ByteString.CopyFrom(packet.Bytes, 0, Sealed.Chunk + 1);

        var refusals = await UnchangedAsync(async () => new[]
        {
            (StatusCode.InvalidArgument, await Sealed.RefusedAsync(_station)),
            (StatusCode.InvalidArgument, await Sealed.RefusedAsync(_station, empty)),
            (StatusCode.InvalidArgument, await Sealed.RefusedAsync(_station, big)),
            (StatusCode.InvalidArgument, await Sealed.RefusedAsync(_station, new UploadRequest { PacketId = "x" })),
            (StatusCode.NotFound, await Sealed.RefusedAsync(_station, second.At(0))),
            (StatusCode.PermissionDenied, await Sealed.RefusedAsync(_other, packet.At(0))),
        });
        var mixed = await Sealed.RefusedAsync(_station, packet.At(0), foreign);
        var early = await Sealed.RefusedAsync(_station, packet.At(Sealed.Chunk, most: 1));

        Assert.All(refusals, refusal => Assert.Equal(refusal.Item1, refusal.Item2.StatusCode));
        Assert.Equal((StatusCode.InvalidArgument, StatusCode.OutOfRange), (mixed.StatusCode, early.StatusCode));
        Assert.Equal(Sealed.Chunk + 1, (await packet.OfferAsync(_station)).WantedFrom);
        Assert.Empty(Sealed.Kept(_server));
    }

    [Fact]
    public async Task Upload_OnTheControlEndpoint_SaysWhereToGo()
    {
        var packet = new Sealed(10);
        var offered = await new EnrolmentService.EnrolmentServiceClient(_station.Control).OfferAsync(packet.Offer);

        using var call = new EnrolmentService.EnrolmentServiceClient(_station.Control).Upload();
        var refusal = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);

        Assert.Equal((StatusCode.FailedPrecondition, 0), (refusal.StatusCode, offered.WantedFrom));
        Assert.Contains("upload endpoint", refusal.Status.Detail);
    }

    [Fact]
    public async Task Receipt_IsForItsStationAndTheRegionsOfficer()
    {
        var packet = new Sealed(10);
        var (mine, others) = (new EnrolmentService.EnrolmentServiceClient(_station.Control), new EnrolmentService.EnrolmentServiceClient(_other.Control));
        var request = new GetReceiptRequest { PacketId = packet.Id };
        var officer = new EnrolmentService.EnrolmentServiceClient(_server.Operator("officer", "53.71", Role.Officer));
        var elsewhere = new EnrolmentService.EnrolmentServiceClient(_server.Operator("elsewhere", "53.72", Role.Officer));
        var viewer = new EnrolmentService.EnrolmentServiceClient(_server.Operator("viewer", "53.71", Role.Viewer));

        var before = await Assert.ThrowsAsync<RpcException>(async () => await mine.GetReceiptAsync(request));
        var receipt = await packet.SendAsync(_station);

        Assert.Equal(StatusCode.NotFound, before.StatusCode);
        Assert.Equal(receipt, (await mine.GetReceiptAsync(request)).Receipt);
        Assert.Equal(receipt, (await officer.GetReceiptAsync(request)).Receipt);
        foreach (var stranger in new[] { others, elsewhere, viewer })
        {
            Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(async () => await stranger.GetReceiptAsync(request))).StatusCode);
        }

        Assert.Equal(1, (await viewer.GetTotalsAsync(new GetTotalsRequest { RegionCode = "53.71" })).Packets);
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(async () => await viewer.ListPacketsAsync(new ListPacketsRequest { RegionCode = "53.71" }))).StatusCode);
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(async () => await officer.ListPacketsAsync(new ListPacketsRequest { RegionCode = "53" }))).StatusCode);
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(async () => await officer.OfferAsync(packet.Offer))).StatusCode);
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(async () =>
            await officer.ListPacketsAsync(new ListPacketsRequest { RegionCode = "53.71", PageToken = "bm9uc2Vuc2U=" }))).StatusCode);
    }

    /// <summary>Does something that is to change nothing, and looks.</summary>
    private async Task<T> UnchangedAsync<T>(Func<Task<T>> work)
    {
        var before = await StateAsync();
        var result = await work();
        Assert.Equal(before, await StateAsync());
        return result;
    }

    private Task<string> StateAsync() => _server.Services.GetRequiredService<Database>().ReadAsync(async tx =>
    {
        var state = new List<string>();
        foreach (var table in _tables)
        {
            state.Add($"{table}: {await tx.NumberAsync($"SELECT COUNT(*) FROM {table}")}");
        }

        var files = Directory.EnumerateFiles(Path.Combine(_server.Options.Data, "packets"), "*", SearchOption.AllDirectories)
            .Select(file => new FileInfo(file)).Where(file => file.Length > 0).Select(file => $"{file.Name} {file.Length}").Order();
        return string.Join(", ", [.. state, .. files]);
    }, CancellationToken.None);
}
