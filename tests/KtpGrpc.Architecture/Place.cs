using System.Text.RegularExpressions;
using Mono.Cecil;

namespace KtpGrpc.Architecture;

/// <summary>Where a naming stands, as its author wrote it: what the compiler made of a method is told as that method.</summary>
internal static partial class Place
{
    /// <summary>The folder that stands for types directly in the root namespace: they may name everything, and nobody names them.</summary>
    public const string Root = "(root)";

    /// <summary>The folder a type lies in; null when it lies outside the root namespace.</summary>
    public static string? Folder(TypeReference type, string root)
    {
        var space = Outermost(type).Namespace;
        return space == root ? Root
            : space.StartsWith($"{root}.", StringComparison.Ordinal) ? space[(root.Length + 1)..].Split('.')[0]
            : null;
    }

    public static TypeReference Outermost(TypeReference type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    /// <summary>The names of the type and the member: a closure or a state machine gives the method that it was made from.</summary>
    public static (string Type, string Member) Of(TypeDefinition type, string member)
    {
        var names = Path(type).ToArray();
        var written = string.Join('.', names.TakeWhile(name => name[0] != '<').Select(name => name.Split('`')[0]));
        var made = names.Append(member).Select(name => Made().Match(name)).FirstOrDefault(match => match.Success);
        return (written, made?.Groups[1].Value ?? Accessor().Replace(member, ""));
    }

    private static IEnumerable<string> Path(TypeDefinition type) =>
        type.DeclaringType is null ? [FileLocal().Replace(type.Name, "")] : Path(type.DeclaringType).Append(type.Name);

    [GeneratedRegex("^<+([^<>]+)>")]
    private static partial Regex Made();

    [GeneratedRegex("^<[^>]+>F[0-9A-F]+__")]
    private static partial Regex FileLocal();

    [GeneratedRegex(@"^(get_|set_|init_|add_|remove_|\.(?=c?ctor$)|.+\.(?!c?ctor$))")]
    private static partial Regex Accessor();
}
