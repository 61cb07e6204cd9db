using System.Buffers.Binary;
using System.Net;

namespace KtpGrpc.Compat.Tests.Wire;

/// <summary>Sits between the client engine and HTTP and keeps what unary calls really send and receive.</summary>
internal sealed class WireTap() : DelegatingHandler(new SocketsHttpHandler())
{
    public Frame? Sent { get; private set; }

    public Frame? Received { get; private set; }

    public string? Offered { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var sent = new MemoryStream();
        request.Content = new CopiedContent(request.Content!, sent);
        Offered = Header(request.Headers.NonValidated, "grpc-accept-encoding");

        var response = await base.SendAsync(request, cancellationToken);
        var received = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var content = new ByteArrayContent(received);
        content.Headers.ContentType = response.Content.Headers.ContentType;
        response.Content = content;

        Sent = Frame.Read(Header(request.Headers.NonValidated, "grpc-encoding"), sent.ToArray());
        Received = Frame.Read(Header(response.Headers.NonValidated, "grpc-encoding"), received);
        return response;
    }

    private static string? Header(System.Net.Http.Headers.HttpHeadersNonValidated headers, string name) =>
        headers.TryGetValues(name, out var values) ? values.ToString() : null;

    /// <summary>One message as it travelled: five bytes of prefix, then the payload.</summary>
    internal sealed record Frame(string? Encoding, bool IsCompressed, byte[] Payload)
    {
        private const int PrefixLength = 5;

        public static Frame? Read(string? encoding, byte[] bytes)
        {
            if (bytes.Length < PrefixLength)
            {
                return null;
            }

            var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(1));
            Assert.Equal(PrefixLength + length, bytes.Length);
            return new Frame(encoding, bytes[0] == 1, bytes[PrefixLength..]);
        }
    }

    private sealed class CopiedContent : HttpContent
    {
        private readonly HttpContent _original;
        private readonly MemoryStream _copy;

        public CopiedContent(HttpContent original, MemoryStream copy)
        {
            this._original = original;
            this._copy = copy;
            Headers.ContentType = original.Headers.ContentType;
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await _original.CopyToAsync(_copy, context);
            await stream.WriteAsync(_copy.ToArray());
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
