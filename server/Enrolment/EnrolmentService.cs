using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Enrolment.V1;
using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Security;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;
using Wire = Ktp.Enrolment.V1;

namespace KtpGrpc.Server.Enrolment;

/// <summary>Packets on the wire, but for their bytes, as the control endpoint serves them.</summary>
internal class EnrolmentService(Database database, PacketIntake intake, CitizenRegister citizens, ServerCertificate certificate, EnrolmentInstruments instruments)
    : Wire.EnrolmentService.EnrolmentServiceBase
{
    private const int HashBytes = 32;
    private const int MostNameCharacters = 200;

    [Right(Station = true)]
    public override Task<OfferResponse> Offer(OfferRequest request, ServerCallContext context) => CountedAsync(async () =>
    {
        var seal = RequireSeal(request, StationId.Of(Caller.Of(context)));
        var person = request.Citizen ?? throw Refuse.Invalid("citizen is missing.");
        var citizen = citizens.Protect(Nik.Require(person.Nik), Require.Text(person.Name, "citizen.name", MostNameCharacters));
        var (packet, wantedFrom) = await intake.OfferAsync(seal, citizen, context.CancellationToken);
        return packet is null ? new OfferResponse { WantedFrom = wantedFrom } : new OfferResponse { Receipt = ToWire(packet) };
    });

    [Right(Station = true)]
    public override Task<UploadResponse> Upload(IAsyncStreamReader<UploadRequest> requestStream, ServerCallContext context) => CountedAsync<UploadResponse>(
        () => throw Refuse.Precondition("Packets are uploaded on the upload endpoint; this is the control endpoint."));

    [Right(Role.Officer, Station = true)]
    public override async Task<GetReceiptResponse> GetReceipt(GetReceiptRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var id = PacketId.Require(request.PacketId);
        var packet = await database.ReadAsync(tx => EnrolmentStore.FindAsync(tx, id), context.CancellationToken)
            ?? throw Refuse.NotFound($"Packet {id} was not received.");
        caller.RequireRegion(packet.Seal.Region);
        if (caller.Kind == CallerKind.Station && caller.Name != packet.Seal.Station.Value)
        {
            throw Refuse.Denied($"Packet {id} was sent by another station.");
        }

        return new GetReceiptResponse { Receipt = ToWire(packet) };
    }

    [Right(Role.Officer)]
    public override async Task<ListPacketsResponse> ListPackets(ListPacketsRequest request, ServerCallContext context)
    {
        var region = Require.Region(request.RegionCode);
        Caller.Of(context).RequireRegion(region);
        var page = Page.Of(request.PageSize, request.PageToken);
        var after = PacketKey.Require(page.After);
        var packets = await database.ReadAsync(tx => EnrolmentStore.ListAsync(tx, region, after, page.Limit), context.CancellationToken);
        var next = page.Cut(packets, packet => PacketKey.Of(packet).ToString());
        return new ListPacketsResponse { Packets = { packets.Select(ToListed) }, NextPageToken = next };
    }

    [Right(Role.Viewer)]
    public override async Task<GetTotalsResponse> GetTotals(GetTotalsRequest request, ServerCallContext context)
    {
        var region = Require.Region(request.RegionCode);
        Caller.Of(context).RequireRegion(region);
        var (packets, bytes, duplicates) = await database.ReadAsync(tx => EnrolmentStore.TotalsAsync(tx, region), context.CancellationToken);
        return new GetTotalsResponse { Packets = packets, Bytes = bytes, DuplicatesRefused = duplicates };
    }

    /// <summary>Counts what is refused, and why.</summary>
    protected async Task<T> CountedAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception fault)
        {
            instruments.Refused(fault);
            throw;
        }
    }

    protected Wire.Receipt ToWire(Packet packet) => new()
    {
        PacketId = packet.Seal.Id.Value,
        Sha256 = ByteString.CopyFrom(packet.Seal.Sha256),
        Length = packet.Seal.Length,
        ReceivedAt = packet.ReceivedAt.ToTimestamp(),
        Signature = ByteString.CopyFrom(Receipt.SignatureOf(packet, certificate)),
    };

    private static PacketSeal RequireSeal(OfferRequest request, StationId station)
    {
        if (request.Sha256.Length != HashBytes)
        {
            throw Refuse.Invalid($"sha256 has {HashBytes} bytes; this one has {request.Sha256.Length}.");
        }

        var length = Require.Within(request.Length, "length", 1, Offering.MostBytes);
        return new PacketSeal(PacketId.Require(request.PacketId), station, request.Sha256.ToByteArray(), length, Require.Moment(request.CapturedAt, "captured_at"))
        {
            Village = request.VillageCode.Length == 0 ? null : RequireVillage(request.VillageCode, station.Region.Office),
            CaptureSeconds = request.CaptureDuration is { } took ? Require.Within(took.Seconds, "the seconds of capture_duration", 1, Offering.MostCaptureSeconds) : null,
        };
    }

    private static RegionCode RequireVillage(string text, RegionCode office) => Require.Region(text) is { Depth: 4 } village && village.Office == office
        ? village
        : throw Refuse.Invalid($"'{Require.Shown(text)}' is not a village of {office}: expected {office}.DD.VVVV.");

    private static Wire.Packet ToListed(Packet packet) => new()
    {
        PacketId = packet.Seal.Id.Value,
        StationId = packet.Seal.Station.Value,
        Sha256 = ByteString.CopyFrom(packet.Seal.Sha256),
        Length = packet.Seal.Length,
        ReceivedAt = packet.ReceivedAt.ToTimestamp(),
    };
}
