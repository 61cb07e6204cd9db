using System.Reflection;
using Google.Protobuf.Reflection;

namespace KtpGrpc.Server.Tests.Contract;

/// <summary>The whole contract as lines of text: one for each call, field and enum value, with all that a peer relies on.</summary>
internal static class Contract
{
    public static IReadOnlyList<string> Lines(IEnumerable<FileDescriptor> files) =>
    [
        .. files.SelectMany(file => file.Services.SelectMany(service => service.Methods).Select(Line)
            .Concat(file.MessageTypes.SelectMany(Lines))
            .Concat(file.EnumTypes.SelectMany(Lines))).Order(StringComparer.Ordinal),
    ];

    /// <summary>The files of our own protos.</summary>
    public static IEnumerable<FileDescriptor> Files { get; } =
    [
        .. typeof(Ktp.Stations.V1.Station).Assembly.GetTypes()
            .Select(type => type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null))
            .OfType<FileDescriptor>(),
    ];

    private static string Line(MethodDescriptor method) =>
        $"{method.Service.FullName}/{method.Name}: {(method.IsClientStreaming ? "stream " : "")}{method.InputType.FullName} -> {(method.IsServerStreaming ? "stream " : "")}{method.OutputType.FullName}";

    private static IEnumerable<string> Lines(MessageDescriptor message) =>
        message.Fields.InFieldNumberOrder().Select(Line)
            .Prepend($"{message.FullName}: message")
            .Concat(message.NestedTypes.SelectMany(Lines))
            .Concat(message.EnumTypes.SelectMany(Lines));

    private static IEnumerable<string> Lines(EnumDescriptor type) => type.Values.Select(value => $"{type.FullName}.{value.Name} = {value.Number}");

    private static string Line(FieldDescriptor field)
    {
        var type = field.FieldType switch
        {
            FieldType.Message => field.MessageType.FullName,
            FieldType.Enum => field.EnumType.FullName,
            var plain => plain.ToString().ToLowerInvariant(),
        };
        var label = field.IsRepeated ? "repeated " : field.RealContainingOneof is { } choice ? $"oneof {choice.Name} " : field.HasPresence && field.FieldType != FieldType.Message ? "optional " : "";
        return $"{field.FullName} = {field.FieldNumber}: {label}{type}";
    }
}
