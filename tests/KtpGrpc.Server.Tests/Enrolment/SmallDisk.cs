using System.Diagnostics;

namespace KtpGrpc.Server.Tests.Enrolment;

/// <summary>A disk that is really full: a small file system where the test may mount one, else /dev/full in the packet's place.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const long Size = 1024 * 1024;

    private readonly string _folder;
    private readonly bool _mounted;

    private SmallDisk(string folder, bool mounted)
    {
        _folder = folder;
        _mounted = mounted;
    }

    public static SmallDisk Under(string folder) => new(folder, Environment.IsPrivilegedProcess && Run("mount", "-t", "tmpfs", "-o", $"size={Size}", "tmpfs", folder) == 0);

    /// <summary>Leaves no room for what is to come.</summary>
    public void Fill(string file)
    {
        if (_mounted)
        {
            File.WriteAllBytes(Path.Combine(_folder, "ballast"), new byte[400_000]);
        }
        else
        {
            File.CreateSymbolicLink(file, "/dev/full");
        }
    }

    public void MakeRoom(string file)
    {
        if (!_mounted)
        {
            File.Delete(file);
            return;
        }

        File.Delete(Path.Combine(_folder, "ballast"));
        if (Run("mount", "-o", $"remount,size={4 * Size}", _folder) != 0)
        {
            throw new InvalidOperationException("The small disk does not grow.");
        }
    }

    public void Dispose()
    {
        if (_mounted)
        {
            _ = Run("umount", "-l", _folder);
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
