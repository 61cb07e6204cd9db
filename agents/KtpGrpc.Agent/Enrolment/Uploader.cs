using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Enrolment.V1;
using KtpGrpc.Agent.Session;

namespace KtpGrpc.Agent.Enrolment;

/// <summary>
/// Sends waiting packets, oldest first, each from the byte that the server wants, and deletes one only against a receipt
/// that the server signed for exactly its bytes.
/// </summary>
internal sealed class Uploader(PacketStore packets, OfferNotes notes)
{
    private const int ChunkBytes = 64 * 1024;

    public bool IsIdle => packets.Waiting.Count == 0;

    /// <summary>Uploads what waits; throws RpcException where the server or the wire fails, and what was sent stays sent.</summary>
    public async Task UploadAsync(StationLink link, CancellationToken cancellation)
    {
        var enrolment = new EnrolmentService.EnrolmentServiceClient(link.Upload);
        foreach (var packet in packets.Waiting)
        {
            var offer = await enrolment.OfferAsync(ToOffer(packet), cancellationToken: cancellation);
            var receipt = offer.OutcomeCase == OfferResponse.OutcomeOneofCase.Receipt
                ? offer.Receipt
                : await SendAsync(enrolment, packet, offer.WantedFrom, cancellation);
            Settle(packet, receipt, link);
        }
    }

    private OfferRequest ToOffer(WaitingPacket packet)
    {
        var note = notes.Read(packet.Id);
        return new OfferRequest
        {
            PacketId = packet.Id.ToString(),
            Sha256 = ByteString.CopyFrom(Convert.FromHexString(packet.Sha256)),
            Length = packet.Bytes,
            CapturedAt = note.CapturedAt.ToTimestamp(),
            Citizen = new Ktp.Enrolment.V1.Citizen { Nik = note.Nik, Name = note.Name },
        };
    }

    private async Task<Receipt> SendAsync(EnrolmentService.EnrolmentServiceClient enrolment, WaitingPacket packet, long from, CancellationToken cancellation)
    {
        using var call = enrolment.Upload(cancellationToken: cancellation);
        await using var file = packets.OpenRead(packet);
        file.Seek(from, SeekOrigin.Begin);
        var id = packet.Id.ToString();
        try
        {
            for (var offset = from; offset < packet.Bytes;)
            {
                // A message owns its bytes until it is on the wire, so each has a buffer of its own.
                var chunk = new byte[Math.Min(ChunkBytes, packet.Bytes - offset)];
                await file.ReadExactlyAsync(chunk, cancellation);
                await call.RequestStream.WriteAsync(
                    new UploadRequest { PacketId = id, Offset = offset, Data = UnsafeByteOperations.UnsafeWrap(chunk) }, cancellation);
                offset += chunk.Length;
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception fault) when (fault is RpcException or IOException or InvalidOperationException && !cancellation.IsCancellationRequested)
        {
            // The server ended the call while we wrote: its status, which the response carries, says why.
        }

        return (await call.ResponseAsync).Receipt;
    }

    private void Settle(WaitingPacket packet, Receipt receipt, StationLink link)
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
