namespace KtpGrpc.Testing;

/// <summary>The work tree that the tests were built in.</summary>
public static class Repository
{
    public static string Root { get; } = Above(AppContext.BaseDirectory);

    private static string Above(string folder) =>
        File.Exists(Path.Combine(folder, "KtpGrpc.sln")) ? folder : Above(Path.GetDirectoryName(folder)
            ?? throw new DirectoryNotFoundException("KtpGrpc.sln stands nowhere above the tests."));
}
