using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KtpGrpc.Agent.Outbox;

/// <summary>Files that are there, whole, after a power cut: or not there at all.</summary>
internal static partial class DurableFile
{
    public const string TemporarySuffix = ".tmp";

    private const int ReadOnlyFlag = 0;

    /// <summary>Writes beside the file, flushes, renames, and flushes the folder that has the name.</summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = path + TemporarySuffix;
        try
        {
            using (var file = new FileStream(temporary, OwnersOnly()))
            {
                RandomAccess.Write(file.SafeFileHandle, bytes, 0);
                RandomAccess.FlushToDisk(file.SafeFileHandle);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (IOException)
        {
            File.Delete(temporary);
            throw;
        }

        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Keys, names and sealed packets: nobody but the agent's user reads what it keeps.</summary>
    private static FileStreamOptions OwnersOnly()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    /// <summary>Flushes what was written in place, without the file's times: half the cost of a full flush on ext4.</summary>
    public static void FlushData(SafeFileHandle handle)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(handle);
        }
        else if (FlushData((int)handle.DangerousGetHandle()) != 0)
        {
            throw new IOException($"The file could not be flushed (error {Marshal.GetLastPInvokeError()}).");
        }
    }

    /// <summary>Makes created and renamed names last. NTFS does so by itself; elsewhere .NET has no call for it.</summary>
    public static void FlushFolder(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = OpenDescriptor(directory, ReadOnlyFlag);
        if (descriptor < 0)
        {
            throw new IOException($"The folder could not be opened (error {Marshal.GetLastPInvokeError()}).");
        }

        var flushed = Flush(descriptor) == 0;
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (!flushed)
        {
            throw new IOException($"The folder could not be flushed (error {error}).");
        }
    }

    /// <summary>No space left, or the user's share of it used up: ENOSPC and EDQUOT, ERROR_DISK_FULL on Windows.</summary>
    public static bool IsDiskFull(IOException fault) => fault.HResult is 28 or 122 or unchecked((int)0x80070070);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDescriptor(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FlushData(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
