using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Enrolment.V1;
using KtpGrpc.Testing;

namespace KtpGrpc.Server.Tests.Enrolment;

/// <summary>A sealed packet as a station has it, and how a station sends it. To the server its bytes mean nothing.</summary>
internal sealed class Sealed
{
    public const int Chunk = 64 * 1024;

    public Sealed(int length, int seed = 0, string nik = "5371041203900001", string name = "Maria Bano")
    {
        Bytes = new byte[length];
        new Random(seed).NextBytes(Bytes);
        Offer = new OfferRequest
        {
            PacketId = Guid.NewGuid().ToString(),
            Length = length,
            Sha256 = ByteString.CopyFrom(SHA256.HashData(Bytes)),
            CapturedAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddYears(47)),
            Citizen = new Citizen { Nik = nik, Name = name },
        };
    }

    public byte[] Bytes { get; }

    public OfferRequest Offer { get; }

    public string Id => Offer.PacketId;

    public static EnrolmentService.EnrolmentServiceClient Uploads(JoinedStation station) => new(station.Upload);

    public UploadRequest At(long offset, int most = Chunk) => new()
    {
        PacketId = Id,
        Offset = offset,
        Data = ByteString.CopyFrom(Bytes, (int)offset, (int)Math.Min(most, Bytes.Length - offset)),
    };

    /// <summary>All chunks from a byte on.</summary>
    public IEnumerable<UploadRequest> From(long offset)
    {
        for (; offset < Bytes.Length; offset += Chunk)
        {
            yield return At(offset);
        }
    }

    public async Task<OfferResponse> OfferAsync(JoinedStation station) => await Uploads(station).OfferAsync(Offer);

    /// <summary>Offers it and sends what is wanted of it.</summary>
    public async Task<Receipt> SendAsync(JoinedStation station)
    {
        var answer = await OfferAsync(station);
        return answer.Receipt ?? await UploadAsync(station, answer.WantedFrom);
    }

    public async Task<Receipt> UploadAsync(JoinedStation station, long from)
    {
        using var call = Uploads(station).Upload();
        await WriteAllAsync(call, From(from));
        return (await call).Receipt;
    }

    /// <summary>Sends messages as they are, ends the stream, and gives what the server made of it.</summary>
    public static async Task<RpcException> RefusedAsync(JoinedStation station, params UploadRequest[] messages)
    {
        using var call = Uploads(station).Upload();
        await WriteAllAsync(call, messages);
        return await Xunit.Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
    }

    private static async Task WriteAllAsync(AsyncClientStreamingCall<UploadRequest, UploadResponse> call, IEnumerable<UploadRequest> messages)
    {
        try
        {
            foreach (var message in messages)
            {
                await call.RequestStream.WriteAsync(message);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (RpcException)
        {
            // The server had answered before everything was sent; its answer tells.
        }
    }

    /// <summary>Starts an upload, sends bytes up to an offset and waits until they are on the server's disk; the call stays open.</summary>
    public async Task<AsyncClientStreamingCall<UploadRequest, UploadResponse>> StartAsync(RunningServer server, JoinedStation station, int until)
    {
        await OfferAsync(station);
        var call = Uploads(station).Upload();
        for (var offset = 0; offset < until; offset += Chunk)
        {
            await call.RequestStream.WriteAsync(At(offset, Math.Min(Chunk, until - offset)));
        }

        await Eventually.HoldsAsync(() => new FileInfo(IncomingFile(server)) is { Exists: true } file && file.Length == until);
        return call;
    }

    public string IncomingFile(RunningServer server) => Path.Combine(server.Options.Data, "packets", "incoming", Id);

    /// <summary>The packets that the server's disk keeps, by their ids.</summary>
    public static Dictionary<string, byte[]> Kept(RunningServer server) => Directory
        .EnumerateFiles(Path.Combine(server.Options.Data, "packets"), "*.cms", SearchOption.AllDirectories)
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file)!, File.ReadAllBytes);
}
