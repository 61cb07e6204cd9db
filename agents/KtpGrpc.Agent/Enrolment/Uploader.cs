using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Enrolment.V1;
using KtpGrpc.Agent.Session;

namespace KtpGrpc.Agent.Enrolment;

/// <summary>
/// Sends waiting packets, oldest first, each from the byte that the server wants, and deletes one only against a receipt
/// that the server signed for exactly its bytes. A packet that cannot be taken is moved aside and holds none back.
/// </summary>
internal sealed class Uploader(PacketStore packets, OfferNotes notes)
{
    private const int ChunkBytes = 64 * 1024;

    private readonly HashSet<PacketId> _failed = [];

    /// <summary>Uploads what waits; throws the last fault where something is to be tried again, and what was sent stays sent.</summary>
    /// <param name="setAside">Hears which packet is moved aside, and why, before it is.</param>
    public async Task UploadAsync(UploadLink link, Action<PacketId, string> setAside, CancellationToken cancellation)
    {
        ExceptionDispatchInfo? last = null;
        foreach (var packet in packets.Waiting)
        {
            try
            {
                await UploadAsync(link, packet, cancellation);
                _failed.Remove(packet.Id);
            }
            catch (Exception fault) when (!cancellation.IsCancellationRequested && Trouble.Of(fault) is not null)
            {
                var fate = PacketFates.Of(fault, failedBefore: !_failed.Add(packet.Id));
                if (fate == PacketFate.Aside)
                {
                    setAside(packet.Id, $"{Trouble.Of(fault)}");
                    packets.SetAside(packet);
                    _failed.Remove(packet.Id);
                    continue;
                }

                last = ExceptionDispatchInfo.Capture(fault);
                if (fate == PacketFate.AllLater)
                {
                    break;
                }
            }
        }

        last?.Throw();
    }

    private async Task UploadAsync(UploadLink link, WaitingPacket packet, CancellationToken cancellation)
    {
        var enrolment = new EnrolmentService.EnrolmentServiceClient(link.Calls);
        var offer = await enrolment.OfferAsync(ToOffer(packet), cancellationToken: cancellation);
        var receipt = offer.OutcomeCase == OfferResponse.OutcomeOneofCase.Receipt
            ? offer.Receipt
            : await SendAsync(enrolment, packet, offer.WantedFrom, cancellation);
        Settle(packet, receipt, link);
    }

    private OfferRequest ToOffer(WaitingPacket packet)
    {
        var note = Read(packet, () => notes.Read(packet.Id));
        return new OfferRequest
        {
            PacketId = packet.Id.ToString(),
            Sha256 = ByteString.CopyFrom(Convert.FromHexString(packet.Sha256)),
            Length = packet.Bytes,
            CapturedAt = note.CapturedAt.ToTimestamp(),
            Citizen = new Ktp.Enrolment.V1.Citizen { Nik = note.Nik, Name = note.Name },
            VillageCode = note.Village ?? "",
            CaptureDuration = note.CaptureSeconds is { } seconds ? new Duration { Seconds = seconds } : null,
        };
    }

    private async Task<Receipt> SendAsync(EnrolmentService.EnrolmentServiceClient enrolment, WaitingPacket packet, long from, CancellationToken cancellation)
    {
        using var call = enrolment.Upload(cancellationToken: cancellation);
        await using var file = Read(packet, () => packets.OpenRead(packet));
        file.Seek(from, SeekOrigin.Begin);
        var id = packet.Id.ToString();
        for (var offset = from; offset < packet.Bytes;)
        {
            // A message owns its bytes until it is on the wire, so each has a buffer of its own.
            var chunk = new byte[Math.Min(ChunkBytes, packet.Bytes - offset)];
            Read(packet, () =>
            {
                file.ReadExactly(chunk);
                return true;
            });
            var message = new UploadRequest { PacketId = id, Offset = offset, Data = UnsafeByteOperations.UnsafeWrap(chunk) };
            if (!await IsTakenAsync(call.RequestStream.WriteAsync(message, cancellation), cancellation))
            {
                break;
            }

            offset += chunk.Length;
        }

        await IsTakenAsync(call.RequestStream.CompleteAsync(), cancellation);
        return (await call.ResponseAsync).Receipt;
    }

    /// <summary>False where the server ended the call while we wrote: its status, which the response carries, says why.</summary>
    private static async Task<bool> IsTakenAsync(Task writing, CancellationToken cancellation)
    {
        try
        {
            await writing;
            return true;
        }
        catch (Exception fault) when (fault is RpcException or IOException or InvalidOperationException && !cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>What fails here is the kiosk's disk, and no word of the server.</summary>
    private static T Read<T>(WaitingPacket packet, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException or InvalidDataException)
        {
            throw new UnreadablePacketException($"Packet {packet.Id} cannot be read ({fault.GetType().Name}).", fault);
        }
    }

    private void Settle(WaitingPacket packet, Receipt receipt, UploadLink link)
    {
        var line = $"ktp-receipt-v1 {receipt.PacketId} {Convert.ToHexStringLower(receipt.Sha256.Span)} {receipt.Length} {receipt.ReceivedAt.ToDateTimeOffset().ToUnixTimeMilliseconds()}";
        if (receipt.PacketId != packet.Id.ToString() || !link.IsSignedByServer(Encoding.UTF8.GetBytes(line), receipt.Signature.Span))
        {
            throw new InvalidDataException($"The receipt of packet {packet.Id} is not signed by the server; the packet is kept.");
        }

        if (packets.Settle(new PacketReceipt(packet.Id, receipt.Length, Convert.ToHexStringLower(receipt.Sha256.Span))) is SettleOutcome.Contradicted)
        {
            throw new InvalidDataException($"The receipt of packet {packet.Id} is for other bytes; the packet is kept.");
        }

        notes.Delete(packet.Id);
    }
}
