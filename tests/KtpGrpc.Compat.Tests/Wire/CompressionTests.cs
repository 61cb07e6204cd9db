using System.IO.Compression;
using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Net.Compression;
using KtpGrpc.Compat.Tests.Server;

namespace KtpGrpc.Compat.Tests.Wire;

public sealed class CompressionTests
{
    // The header by which a caller asks the .NET client to compress its requests; the engine turns it into grpc-encoding.
    private const string AskForEncoding = "grpc-internal-encoding-request";

    private static readonly Phrase _long = new() { Text = string.Concat(Enumerable.Repeat("the same again, ", 4_000)) };
    private static readonly byte[] _gzipMagic = [0x1f, 0x8b];

    [Fact]
    public async Task Request_CompressedWithGzip_TravelsSmallAndArrivesWhole()
    {
        var (answer, tap, seenEncoding) = await SayAsync("gzip", serverAlgorithm: null);

        Assert.Equal(_long, answer);
        Assert.Equal("gzip", seenEncoding);
        Assert.Equal("gzip", tap.Sent!.Encoding);
        Assert.True(tap.Sent.IsCompressed);
        Assert.Equal(_gzipMagic, tap.Sent.Payload[..2]);
        Assert.InRange(tap.Sent.Payload.Length, 1, _long.CalculateSize() / 20);
        Assert.False(tap.Received!.IsCompressed);
    }

    [Fact]
    public async Task Response_CompressedWithGzip_TravelsSmallAndArrivesWhole()
    {
        var (answer, tap, _) = await SayAsync(requestEncoding: null, serverAlgorithm: "gzip");

        Assert.Equal(_long, answer);
        Assert.Equal("gzip", tap.Received!.Encoding);
        Assert.True(tap.Received.IsCompressed);
        Assert.Equal(_gzipMagic, tap.Received.Payload[..2]);
        Assert.InRange(tap.Received.Payload.Length, 1, _long.CalculateSize() / 20);
        Assert.False(tap.Sent!.IsCompressed);
    }

    [Fact]
    public async Task BothDirections_CompressedWithDeflate_CarryZlib()
    {
        var (answer, tap, seenEncoding) = await SayAsync("deflate", serverAlgorithm: "deflate");

        Assert.Equal(_long, answer);
        Assert.Equal("deflate", seenEncoding);
        Assert.All([tap.Sent!, tap.Received!], frame =>
        {
            Assert.Equal("deflate", frame.Encoding);
            Assert.True(frame.IsCompressed);
            Assert.Equal(_long, Phrase.Parser.ParseFrom(Unzlib(frame.Payload)));
        });
    }

    [Fact]
    public async Task Call_NotCompressed_TravelsAtFullLength()
    {
        var (answer, tap, _) = await SayAsync(requestEncoding: null, serverAlgorithm: null);

        Assert.Equal(_long, answer);
        Assert.All([tap.Sent!, tap.Received!], frame => Assert.Equal(_long.ToByteArray(), frame.Payload));
    }

    [Fact]
    public async Task Response_WriteOptionsForbidCompression_TravelsAtFullLength()
    {
        var (_, tap, _) = await SayAsync(requestEncoding: null, serverAlgorithm: "gzip", new WriteOptions(WriteFlags.NoCompress));

        Assert.False(tap.Received!.IsCompressed);
        Assert.Equal(_long.ToByteArray(), tap.Received.Payload);
    }

    [Fact]
    public async Task Client_Calling_OffersTheEncodingsOfItsProviders()
    {
        var (_, tap, _) = await SayAsync(requestEncoding: null, serverAlgorithm: null);

        Assert.Equal(["identity", "gzip", "deflate"], tap.Offered!.Split(','));
    }

    [Fact]
    public async Task Request_CompressedWithSomethingTheServerLacks_IsRefused()
    {
        await using var server = await ParrotServer.StartAsync(
            new ScriptedParrot(), options => options.CompressionProviders = [new DeflateCompressionProvider(CompressionLevel.Fastest)]);
        using var channel = server.Dial();

        using var call = new Parrot.ParrotClient(channel).SayAsync(_long, new Metadata { { AskForEncoding, "gzip" } });
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync).Patiently();

        Assert.Equal(StatusCode.Unimplemented, failure.StatusCode);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public void Provider_CompressingAndDecompressing_LeavesTheStreamsOpenAndTheBytesEqual(string encoding)
    {
        ICompressionProvider provider = encoding == "gzip"
            ? new GzipCompressionProvider(CompressionLevel.Fastest)
            : new DeflateCompressionProvider(CompressionLevel.Fastest);
        var bytes = _long.ToByteArray();
        using var wire = new MemoryStream();
        using var result = new MemoryStream();

        using (var compress = provider.CreateCompressionStream(wire, null)) compress.Write(bytes);
        wire.Position = 0;
        using (var decompress = provider.CreateDecompressionStream(wire)) decompress.CopyTo(result);

        Assert.Equal(encoding, provider.EncodingName);
        Assert.InRange(wire.Length, 1, bytes.Length / 20);
        Assert.Equal(bytes, result.ToArray());
    }

    private static async Task<(Phrase Answer, WireTap Tap, string? SeenEncoding)> SayAsync(
        string? requestEncoding, string? serverAlgorithm, WriteOptions? serverWrites = null)
    {
        string? seenEncoding = null;
        var parrot = new ScriptedParrot
        {
            OnSay = (request, context) =>
            {
                seenEncoding = context.GetHttpContext().Request.Headers["grpc-encoding"];
                context.WriteOptions = serverWrites ?? context.WriteOptions;
                return Task.FromResult(request);
            },
        };
        await using var server = await ParrotServer.StartAsync(parrot, options => options.ResponseCompressionAlgorithm = serverAlgorithm);
        using var tap = new WireTap();
        using var channel = server.Dial(new GrpcChannelOptions { HttpHandler = tap });
        var headers = requestEncoding is null ? null : new Metadata { { AskForEncoding, requestEncoding } };

        var answer = await new Parrot.ParrotClient(channel).SayAsync(_long, headers);

        return (answer, tap, seenEncoding);
    }

    private static byte[] Unzlib(byte[] bytes)
    {
        using var zlib = new ZLibStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var result = new MemoryStream();
        zlib.CopyTo(result);
        return result.ToArray();
    }
}
