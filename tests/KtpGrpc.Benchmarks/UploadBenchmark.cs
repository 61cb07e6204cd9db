using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Net.Client;
using Ktp.Enrolment.V1;
using KtpGrpc.Benchmarks.Load;
using KtpGrpc.Testing;

namespace KtpGrpc.Benchmarks;

/// <summary>
/// Packets of 2 MB from 8 stations at once: ours offers, uploads, hashes, flushes, renames, writes down and signs a receipt;
/// the bare server writes, hashes and flushes.
/// </summary>
internal static class UploadBenchmark
{
    public const string Name = "upload";

    private const int Stations = 8;
    private const int PacketBytes = 2 * 1024 * 1024;
    private const int ChunkBytes = 64 * 1024;
    private const int Packets = 200;
    private const double MillisecondsOfSecond = 1e3;
    private const double Kilobyte = 1024;

    private static readonly Figure[] _figures =
    [
        new("packets", "packets/s", new Bar(0.8, IsLeast: true)),
        new("CPU", "ms/packet"),
        new("allocated", "KB/packet"),
        new("full collections", "in all"),
    ];

    private static int _citizens;

    public static async Task<Contest> RunAsync(int rounds, CancellationToken cancellation)
    {
        using var folder = new TempFolder();
        var data = folder["data"];
        using var ours = await MeasuredServer.StartOursAsync(data);
        using var bare = await MeasuredServer.StartBareAsync(data);
        var fleet = await StationFleet.JoinAsync(ours, data, Stations, cancellation);
        var content = RandomNumberGenerator.GetBytes(PacketBytes);

        // A station knows the hash since it sealed the packet; to hash again for each upload would measure the load, not the server.
        var sha256 = ByteString.CopyFrom(SHA256.HashData(content));
        return await Contest.RunAsync(Name, _figures, 1, rounds,
        [
            new("ours", token => MeasureAsync(ours, Path.Combine(data, "packets"), fleet, (client, sent) => OfferAndSendAsync(client, content, sha256, sent), token)),
            new("bare", token => MeasureAsync(bare, Path.Combine(data, "bare"), fleet, (client, sent) => SendAsync(client, NewId(), content, sent), token)),
        ], cancellation);
    }

    private static async Task<double[]> MeasureAsync(
        MeasuredServer server, string files, StationFleet fleet, Func<EnrolmentService.EnrolmentServiceClient, CancellationToken, Task> sendAsync, CancellationToken cancellation)
    {
        var channels = Enumerable.Range(0, fleet.Count).Select(station => fleet.Open(server.Upload, station)).ToArray();
        await Task.WhenAll(channels.Select(channel => sendAsync(new EnrolmentService.EnrolmentServiceClient(channel), cancellation)));
        var (before, cpu, start) = (await server.AskAsync(), server.Cpu, TimeProvider.System.GetTimestamp());
        var left = Packets;
        await Task.WhenAll(channels.Select(SendManyAsync));
        var (took, used, after) = (TimeProvider.System.GetElapsedTime(start), server.Cpu - cpu, await server.AskAsync());
        Array.ForEach(channels, channel => channel.Dispose());

        // The disk must not fill up; what was received is not asked for again.
        foreach (var packet in Directory.EnumerateFiles(files, "*", SearchOption.AllDirectories))
        {
            File.Delete(packet);
        }

        return
        [
            Packets / took.TotalSeconds, used.TotalSeconds * MillisecondsOfSecond / Packets,
            (after.Allocated - before.Allocated) / Kilobyte / Packets, after.Gen2 - before.Gen2,
        ];

        async Task SendManyAsync(GrpcChannel channel)
        {
            var client = new EnrolmentService.EnrolmentServiceClient(channel);
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await sendAsync(client, cancellation);
            }
        }
    }

    private static async Task OfferAndSendAsync(EnrolmentService.EnrolmentServiceClient client, byte[] content, ByteString sha256, CancellationToken cancellation)
    {
        var id = NewId();
        await client.OfferAsync(
            new OfferRequest
            {
                PacketId = id,
                Sha256 = sha256,
                Length = content.Length,
                CapturedAt = TimeProvider.System.GetUtcNow().ToTimestamp(),
                Citizen = new Citizen { Nik = NewNik(), Name = "Somebody Recorded" },
            },
            cancellationToken: cancellation);
        await SendAsync(client, id, content, cancellation);
    }

    private static async Task SendAsync(EnrolmentService.EnrolmentServiceClient client, string id, byte[] content, CancellationToken cancellation)
    {
        using var call = client.Upload(cancellationToken: cancellation);
        for (var offset = 0; offset < content.Length; offset += ChunkBytes)
        {
            var chunk = UnsafeByteOperations.UnsafeWrap(content.AsMemory(offset, Math.Min(ChunkBytes, content.Length - offset)));
            await call.RequestStream.WriteAsync(new UploadRequest { PacketId = id, Offset = offset, Data = chunk }, cancellation);
        }

        await call.RequestStream.CompleteAsync();
        var receipt = (await call.ResponseAsync).Receipt;
        if (receipt.PacketId != id || receipt.Length != content.Length)
        {
            throw new InvalidOperationException($"The receipt is for packet {receipt.PacketId} of {receipt.Length} bytes.");
        }
    }

    private static string NewId() => Guid.NewGuid().ToString();

    /// <summary>One citizen after the other: a serial within a day of birth.</summary>
    private static string NewNik()
    {
        var number = Interlocked.Increment(ref _citizens);
        return $"537104{1 + number % 28:00}{1 + number / 28 % 12:00}{number / 336 % 100:00}{1 + number / 33_600:0000}";
    }
}
