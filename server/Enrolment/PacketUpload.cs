using Grpc.Core;
using Ktp.Enrolment.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Enrolment;

/// <summary>One upload, chunk by chunk: each is on its way to the disk before the next is read.</summary>
internal sealed class PacketUpload(PacketIntake intake, UploadSlots slots, EnrolmentOptions options, TimeProvider time)
{
    /// <param name="left">The caller left.</param>
    /// <param name="stopping">The server stops.</param>
    public async Task<Packet> RunAsync(StationId station, IAsyncStreamReader<UploadRequest> chunks, CancellationToken left, CancellationToken stopping)
    {
        using var slot = slots.Take(station);
        using var watch = new UploadWatch(options, time, left, stopping);
        try
        {
            return await RunAsync(station, chunks, watch);
        }
        catch (Exception) when (watch.Why is not null)
        {
            throw watch.Why;
        }
    }

    private async Task<Packet> RunAsync(StationId station, IAsyncStreamReader<UploadRequest> chunks, UploadWatch watch)
    {
        if (!await chunks.MoveNext(watch.Token))
        {
            throw Refuse.Invalid("The stream holds no chunk.");
        }

        var id = PacketId.Require(chunks.Current.PacketId);
        return await intake.HoldAsync(id, station, () => watch.End(PacketClaims.TakenOver()), async (packet, offer) =>
        {
            var seal = packet?.Seal ?? offer?.Seal ?? throw Refuse.NotFound($"Packet {id} was not offered: offer it first.");
            return seal.Station != station
                ? throw Refuse.Denied($"Packet {id} was offered by another station.")
                : packet ?? await TakeAsync(offer!, chunks, watch);
        }, watch.Token);
    }

    private async Task<Packet> TakeAsync(PacketOffer offer, IAsyncStreamReader<UploadRequest> chunks, UploadWatch watch)
    {
        using var partial = await intake.OpenAsync(offer, watch.Token);
        var (first, whole) = (chunks.Current.PacketId, offer.Seal.Length);
        while (!partial.IsWhole)
        {
            var chunk = chunks.Current;
            if (chunk.PacketId != first)
            {
                throw Refuse.Invalid("All chunks of a stream belong to one packet; send each packet in a stream of its own.");
            }

            if (Chunk.Refusal(partial.Length, whole, chunk.Offset, chunk.Data.Length) is { } refusal)
            {
                throw refusal;
            }

            partial.Append(chunk.Data.Span);
            watch.Received(chunk.Data.Length);
            if (!partial.IsWhole && !await chunks.MoveNext(watch.Token))
            {
                throw Chunk.EndedEarly(partial.Length, whole);
            }
        }

        return await intake.ReceiveAsync(offer, partial)
            ?? throw Refuse.Because(StatusCode.DataLoss, "The packet's bytes do not have the SHA-256 that was offered: offer again and send it from 0.");
    }
}
