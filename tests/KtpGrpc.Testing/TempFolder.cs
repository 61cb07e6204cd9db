using IOPath = System.IO.Path;

namespace KtpGrpc.Testing;

/// <summary>A folder of its own for one test, gone with everything in it when the test ends.</summary>
public sealed class TempFolder : IDisposable
{
    private const string Memory = "/dev/shm";

    public TempFolder()
        : this(Directory.CreateTempSubdirectory("ktp-"))
    {
    }

    private TempFolder(DirectoryInfo folder) => Path = folder.FullName;

    public string Path { get; }

    /// <summary>The path of something in the folder; nothing is made there.</summary>
    public string this[string name] => IOPath.Combine(Path, name);

    /// <summary>A folder in memory where the machine has a place for it: for tests that write through to the disk all the time.</summary>
    public static TempFolder InMemory() =>
        Directory.Exists(Memory) ? new(Directory.CreateDirectory(IOPath.Combine(Memory, $"ktp-{Guid.NewGuid():N}"))) : new();

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    public override string ToString() => Path;
}
