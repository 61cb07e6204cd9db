using IOPath = System.IO.Path;

namespace KtpGrpc.Testing;

/// <summary>A folder of its own for one test, gone with everything in it when the test ends.</summary>
public sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ktp-").FullName;

    /// <summary>The path of something in the folder; nothing is made there.</summary>
    public string this[string name] => IOPath.Combine(Path, name);

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    public override string ToString() => Path;
}
