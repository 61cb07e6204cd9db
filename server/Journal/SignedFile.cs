using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace KtpGrpc.Server.Journal;

/// <summary>
/// The one form of everything that leaves the house to prove itself: lines of compact JSON in UTF-8, each ended by LF, and one last
/// line with the journal's signature over every byte before it (docs/adr/0007). Written as it grows; only a piece is in memory.
/// </summary>
internal sealed class SignedFile(Func<ReadOnlyMemory<byte>, Task> write) : IDisposable
{
    /// <summary>The most bytes that one piece of a stream has.</summary>
    public const int MostPiece = 64 * 1024;

    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ArrayBufferWriter<byte> _piece = new(MostPiece);

    /// <summary>Options under which a text stands as it is read: base64 and letters of any language are not escaped.</summary>
    public static JsonSerializerOptions Compact => new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IgnoreReadOnlyProperties = true,
        Converters = { new FileMoment() },
    };

    /// <summary>One line with its end.</summary>
    public static byte[] Line<T>(T value, JsonTypeInfo<T> json) => [.. JsonSerializer.SerializeToUtf8Bytes(value, json), (byte)'\n'];

    public async Task AddAsync(ReadOnlyMemory<byte> line)
    {
        _sha256.AppendData(line.Span);
        await WriteAsync(line);
    }

    /// <summary>Signs all that was added, and ends the file.</summary>
    public Task EndAsync(JournalKey key) => EndAsync(FileSignature.Of(_sha256.GetCurrentHash(), key));

    /// <summary>Ends the file with a signature that was made before over the same bytes.</summary>
    public async Task EndAsync(FileSignature signature)
    {
        await WriteAsync(Line(new FileSignature.LastLine(signature), FileSignatureJson.Compact.LastLine));
        await FlushAsync();
    }

    public void Dispose() => _sha256.Dispose();

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var fits = Math.Min(bytes.Length, MostPiece - _piece.WrittenCount);
            _piece.Write(bytes.Span[..fits]);
            bytes = bytes[fits..];
            if (_piece.WrittenCount == MostPiece)
            {
                await FlushAsync();
            }
        }
    }

    private async Task FlushAsync()
    {
        await write(_piece.WrittenMemory);
        _piece.ResetWrittenCount();
    }
}

/// <summary>The signature of a file: DER SubjectPublicKeyInfo and DER signature, both in base64.</summary>
internal sealed record FileSignature(string Algorithm, string PublicKey, string Value)
{
    public const string EcdsaP256 = "ECDSA-P256-SHA256";

    public static FileSignature Of(ReadOnlySpan<byte> sha256, JournalKey key) =>
        new(EcdsaP256, Convert.ToBase64String(key.PublicKey), Convert.ToBase64String(key.SignFile(sha256)));

    internal sealed record LastLine(FileSignature Signature);
}

/// <summary>Moments in UTC to the millisecond, which is all that the server keeps.</summary>
internal sealed class FileMoment : JsonConverter<DateTimeOffset>
{
    private const string Form = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTimeOffset.ParseExact(reader.GetString()!, Form, null, System.Globalization.DateTimeStyles.AssumeUniversal);

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString(Form));
}

[JsonSerializable(typeof(FileSignature.LastLine))]
internal sealed partial class FileSignatureJson : JsonSerializerContext
{
    public static readonly FileSignatureJson Compact = new(SignedFile.Compact);
}
