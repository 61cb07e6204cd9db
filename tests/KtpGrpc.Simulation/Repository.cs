namespace KtpGrpc.Simulation;

/// <summary>Where the sources are: above the program.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "KtpGrpc.sln"))
        ? folder
        : Find(Path.GetDirectoryName(folder.TrimEnd(Path.DirectorySeparatorChar)) ?? throw new InvalidOperationException("The program does not lie in its repository: a bug cannot be planted."));
}
