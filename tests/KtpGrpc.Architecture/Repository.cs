using System.Xml.Linq;

namespace KtpGrpc.Architecture;

/// <summary>The work tree that these tests were built in: its documents, and what its projects were compiled to.</summary>
internal static class Repository
{
    public static string Root { get; } = Above(AppContext.BaseDirectory);

    /// <summary>The assembly of a project, compiled in the same configuration as this one.</summary>
    public static string Assembly(string project)
    {
        var built = Path.GetRelativePath(Path.Combine(Root, "tests", "KtpGrpc.Architecture"), AppContext.BaseDirectory);
        var name = XDocument.Load(project).Descendants("AssemblyName").FirstOrDefault()?.Value ?? Path.GetFileNameWithoutExtension(project);
        var assembly = Path.Combine(Path.GetDirectoryName(project)!, built, $"{name}.dll");
        return File.Exists(assembly) ? assembly : throw new FileNotFoundException($"Build {project} first: {assembly} is not there.");
    }

    private static string Above(string folder) =>
        File.Exists(Path.Combine(folder, "KtpGrpc.sln")) ? folder : Above(Path.GetDirectoryName(folder)
            ?? throw new DirectoryNotFoundException("KtpGrpc.sln stands nowhere above the tests."));
}
