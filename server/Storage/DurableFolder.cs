using System.Runtime.InteropServices;

namespace KtpGrpc.Server.Storage;

/// <summary>
/// Folders whose entries are to survive a power cut: on Unix a file's new name is on the disk only when its folder was
/// flushed, which .NET has no call for. NTFS keeps names in its own journal.
/// </summary>
internal static class DurableFolder
{
    private const int ReadOnly = 0;

    /// <summary>A folder that another thread has just made is there before its name is on the disk: whoever comes second waits for that.</summary>
    private static readonly Lock _making = new();

    /// <summary>Makes a folder and those above it, each flushed into its parent; does nothing where it is there.</summary>
    public static void Create(string path)
    {
        lock (_making)
        {
            Make(path);
        }
    }

    private static void Make(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        var parent = Path.GetDirectoryName(path)!;
        Make(parent);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Flush(parent);
    }

    /// <summary>Returns when every name that was given or taken in the folder is on the disk.</summary>
    public static void Flush(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var folder = Open(path, ReadOnly);
        if (folder < 0)
        {
            throw Failed(path);
        }

        try
        {
            if (Sync(folder) < 0)
            {
                throw Failed(path);
            }
        }
        finally
        {
            _ = Close(folder);
        }
    }

    private static IOException Failed(string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"Folder '{path}' cannot be flushed: {Marshal.GetPInvokeErrorMessage(error)}.", error);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int file);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int file);
}
