using System.Security.Cryptography;
using System.Text.Json;

namespace KtpGrpc.Ctl.Proof;

/// <summary>
/// Reads a file that proves itself (docs/adr/0007): lines of compact JSON, each ended by LF, and a last line with the signature over
/// every byte before it. Read as a stream, once: the first line, the others, then the signature.
/// </summary>
internal sealed class SignedFile : IDisposable
{
    private const int LongestLine = 64 * 1024 * 1024;

    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IEnumerator<byte[]> _lines;
    private byte[] _next;

    public SignedFile(Stream stream)
    {
        _lines = ReadLines(stream).GetEnumerator();
        _next = _lines.MoveNext() ? _lines.Current : throw new FindingException("The file is empty.");
        First = _next;
        Number = 0;
        try
        {
            using var header = JsonDocument.Parse(First);
            Form = header.RootElement.ValueKind == JsonValueKind.Object && header.RootElement.TryGetProperty("form", out var form) ? form.ToString() : "";
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The second is what a text throws that is not UTF-8.
            throw new FindingException("Line 1 is not JSON in UTF-8.");
        }
    }

    /// <summary>The first line without its end.</summary>
    public byte[] First { get; }

    /// <summary>What the first line says that the file is.</summary>
    public string Form { get; }

    /// <summary>The line that was read last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>DER SubjectPublicKeyInfo of whoever signed; known when the file was read to its end.</summary>
    public byte[] PublicKey { get; private set; } = [];

    /// <summary>All lines but the signature's, without their ends; after the last one the signature has been checked.</summary>
    public IEnumerable<byte[]> Body()
    {
        while (_lines.MoveNext())
        {
            var line = _next;
            _next = _lines.Current;
            _sha256.AppendData(line);
            _sha256.AppendData("\n"u8);
            Number++;
            yield return line;
        }

        Number++;
        CheckSignature(_next);
    }

    public void Dispose()
    {
        _lines.Dispose();
        _sha256.Dispose();
    }

    private void CheckSignature(byte[] line)
    {
        var signature = Canonical.Read(line, ProofJson.Compact.LastLine, Number).Signature;
        if (signature.Algorithm != "ECDSA-P256-SHA256")
        {
            throw new FindingException($"The signature's algorithm is '{signature.Algorithm}', not ECDSA-P256-SHA256.");
        }

        PublicKey = Canonical.Base64(signature.PublicKey, "the signature's public key");
        var value = Canonical.Base64(signature.Value, "the signature");
        if (!Signatures.Verify(PublicKey, _sha256.GetCurrentHash(), value, DSASignatureFormat.Rfc3279DerSequence))
        {
            throw new FindingException("The signature does not fit the file: something in it was changed after it was signed.");
        }
    }

    private static IEnumerable<byte[]> ReadLines(Stream stream)
    {
        var buffer = new byte[64 * 1024];
        var line = new List<byte>();
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            var from = 0;
            for (int end; (end = buffer.AsSpan(from, read - from).IndexOf((byte)'\n')) >= 0; from += end + 1)
            {
                line.AddRange(buffer.AsSpan(from, end));
                yield return [.. line];
                line.Clear();
            }

            line.AddRange(buffer.AsSpan(from, read - from));
            if (line.Count > LongestLine)
            {
                throw new FindingException("A line is longer than any that the server writes.");
            }
        }

        if (line.Count > 0)
        {
            throw new FindingException("The last line has no end: the file was cut off, or something was added to it.");
        }
    }

    internal sealed record LastLine(Signed Signature);

    internal sealed record Signed(string Algorithm, string PublicKey, string Value);
}
