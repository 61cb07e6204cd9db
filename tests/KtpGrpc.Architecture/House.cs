using Mono.Cecil;

namespace KtpGrpc.Architecture;

/// <summary>What a compiled assembly is built like: its folders, and which of them names which, where.</summary>
internal sealed record House(IReadOnlyList<string> Folders, IReadOnlyList<Edge> Edges, IReadOnlyList<string> Strays)
{
    // Source generators of the SDK put their types here, and the contract's generated types live under Ktp.
    private static readonly string[] _generated = ["System.", "Microsoft.", "Ktp.", "AspNetCoreGeneratedDocument"];

    /// <summary>Reads an assembly; the assemblies it refers to lie beside it or belong to the framework.</summary>
    public static House Read(string path, string root)
    {
        using var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(Path.GetDirectoryName(path));
        using var module = ModuleDefinition.ReadModule(path, new ReaderParameters { AssemblyResolver = resolver });
        var folders = module.Types.Select(type => Place.Folder(type, root)).OfType<string>().Where(folder => folder != Place.Root);
        var edges = Naming.All(module).Select(naming => At(naming, root)).OfType<Edge>();
        var strays = module.Types.Where(type => IsStray(type, root)).Select(type => type.FullName);
        return new House([.. folders.Distinct().Order()], [.. edges.Distinct().OrderBy(edge => $"{edge}")], [.. strays.Order()]);
    }

    /// <summary>Everything that breaks the rule, in words.</summary>
    public IEnumerable<string> Faults(Columns columns) =>
        Folders.Where(folder => !columns.Knows(folder)).Select(folder => $"{folder} is not in the line of columns")
            .Concat(Strays.Select(stray => $"{stray} lies outside the root namespace, where no rule sees it"))
            .Concat(Edges.Where(edge => !columns.MayName(edge.From, edge.To)).Select(edge => $"{edge}"));

    private static Edge? At(Naming naming, string root)
    {
        var (from, to) = (Place.Folder(naming.Type, root), Place.Folder(naming.Named, root));
        var (type, member) = Place.Of(naming.Type, naming.Member);
        return from is null or Place.Root || to is null || from == to ? null : new Edge(from, to, type, member);
    }

    private static bool IsStray(TypeDefinition type, string root) =>
        Place.Folder(type, root) is null
        && !(type.Namespace.Length == 0 && (type.Name[0] == '<' || type.Name == "Program"))
        && !_generated.Any(space => $"{type.Namespace}.".StartsWith(space, StringComparison.Ordinal));
}
