using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Ktp.Cards.V1;
using Ktp.Destruction.V1;
using Ktp.Printing.V1;

namespace KtpGrpc.Ctl;

/// <summary>The contract's messages as people read them, by the names that the contract gives; so nothing new in it is ever left out.</summary>
internal static class Plain
{
    public static IReadOnlyList<string> Columns(MessageDescriptor message) => [.. message.Fields.InDeclarationOrder().Select(Name)];

    public static IReadOnlyList<string> Row(IMessage message) => [.. message.Descriptor.Fields.InDeclarationOrder().Select(field => Text(field, message))];

    /// <summary>Name and value of all that is set; a message inside gives its own lines.</summary>
    public static IEnumerable<(string Name, string Value)> Lines(IMessage message)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field is { FieldType: FieldType.Message, IsRepeated: false } && field.Accessor.GetValue(message) is IMessage inner and not (Timestamp or Duration))
            {
                foreach (var line in Lines(inner))
                {
                    yield return line;
                }
            }
            else if (Text(field, message) is { Length: > 0 } text)
            {
                yield return (Name(field), text);
            }
        }
    }

    /// <summary>An enum's value in small letters, without its prefix, with dashes: melting-machine.</summary>
    public static string Word(EnumValueDescriptor value)
    {
        // The zero's name is the prefix and UNSPECIFIED.
        var prefix = value.EnumDescriptor.Values[0].Name[..^"UNSPECIFIED".Length];
        return value.Name[prefix.Length..].ToLowerInvariant().Replace('_', '-');
    }

    private static string Name(FieldDescriptor field) => field.Name.Replace('_', ' ');

    private static string Text(FieldDescriptor field, IMessage message) => field.Accessor.GetValue(message) switch
    {
        null => "",
        _ when field.HasPresence && field.FieldType != FieldType.Message && !field.Accessor.HasValue(message) => "",
        IDictionary => "",
        IList list => string.Join(", ", list.Cast<object>().Select(item => Text(field, item))),
        var value => Text(field, value),
    };

    private static string Text(FieldDescriptor field, object value) => value switch
    {
        "" when field.Name == "print_region_code" => "the whole country",
        string text => text,
        bool flag => flag ? "yes" : "no",
        ByteString bytes => Convert.ToHexStringLower(bytes.Span),
        Timestamp moment => moment.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        Duration span => span.ToTimeSpan().ToString("c", CultureInfo.InvariantCulture),
        SerialRange range => range.First == range.Last ? $"{range.First}" : $"{range.First}-{range.Last}",
        ReasonTotal total => $"{WordOf(total.Reason)} {total.Cards}",
        StateTotal total => $"{WordOf(total.State)} {total.Jobs}",
        Signatory person => $"{person.Operator} ({WordOf(person.Role)}, {person.OnBehalfOf})",
        IMessage other => string.Join("; ", Lines(other).Select(line => $"{line.Name} {line.Value}")),
        _ when field.FieldType == FieldType.Enum => field.EnumType.FindValueByNumber(Convert.ToInt32(value, CultureInfo.InvariantCulture)) is { Number: not 0 } named ? Word(named) : "",
        double real => real.ToString("0.##", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string WordOf(InvalidReason reason) => Word(Words.InvalidReason.FindValueByNumber((int)reason));

    private static string WordOf(SignatoryRole role) => Word(Words.SignatoryRole.FindValueByNumber((int)role));

    private static string WordOf(JobState state) => Word(Words.JobState.FindValueByNumber((int)state));
}
