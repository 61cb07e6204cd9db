using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace KtpGrpc.Ctl.Proof;

/// <summary>
/// Reads a line that may be written in one way only: what was read and is written anew must be the same bytes. So nothing hides in
/// white space, in the order of members, in a second member of one name, or in another spelling of a number.
/// </summary>
internal static class Canonical
{
    public static JsonSerializerOptions Options => new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new Moment() },
    };

    public static T Read<T>(byte[] line, JsonTypeInfo<T> json, long number)
    {
        T value;
        try
        {
            value = JsonSerializer.Deserialize(line, json) ?? throw new JsonException("It is null.");
        }
        catch (Exception fault) when (fault is JsonException or FormatException or InvalidOperationException)
        {
            throw new FindingException($"Line {number} is not what it should be: {fault.Message}");
        }

        return JsonSerializer.SerializeToUtf8Bytes(value, json).AsSpan().SequenceEqual(line)
            ? value
            : throw new FindingException($"Line {number} is not written as the server writes it.");
    }

    public static byte[] Base64(string text, string what) => Decode(text, what, Convert.FromBase64String, Convert.ToBase64String);

    public static byte[] Hex(string text, string what) => Decode(text, what, Convert.FromHexString, Convert.ToHexStringLower);

    public static byte[] Hash(string text, string what) => Hex(text, what) is { Length: 32 } hash ? hash : throw new FindingException($"{what} is no SHA-256.");

    private static byte[] Decode(string text, string what, Func<string, byte[]> read, Func<byte[], string> write)
    {
        try
        {
            var bytes = read(text);
            return write(bytes) == text ? bytes : throw new FormatException();
        }
        catch (FormatException)
        {
            throw new FindingException($"{what} is not written as the server writes it.");
        }
    }

    /// <summary>UTC to the millisecond.</summary>
    private sealed class Moment : JsonConverter<DateTimeOffset>
    {
        private const string Form = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            DateTimeOffset.ParseExact(reader.GetString()!, Form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString(Form, CultureInfo.InvariantCulture));
    }
}

[JsonSerializable(typeof(SignedFile.LastLine))]
[JsonSerializable(typeof(JournalExport.Header))]
[JsonSerializable(typeof(JournalExport.FactLine))]
[JsonSerializable(typeof(SignedCheckpoint.Line))]
[JsonSerializable(typeof(DestructionRecord.Record))]
[JsonSerializable(typeof(DestructionRecord.Cards))]
[JsonSerializable(typeof(DestructionMonth.Header), TypeInfoPropertyName = "DestructionMonthHeader")]
[JsonSerializable(typeof(DestructionMonth.Sealed))]
internal sealed partial class ProofJson : JsonSerializerContext
{
    public static readonly ProofJson Compact = new(Canonical.Options);
}
