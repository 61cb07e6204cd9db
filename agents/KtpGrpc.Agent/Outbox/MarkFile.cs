using Microsoft.Win32.SafeHandles;

namespace KtpGrpc.Agent.Outbox;

/// <summary>
/// Keeps the mark in two places of one file, written in turn, so that a torn writing leaves the one before.
/// In place, not by renaming: it must work on a full disk, where the mark is what lets segments go.
/// </summary>
internal sealed class MarkFile
{
    /// <summary>A page for each copy: no single write of the disk touches both.</summary>
    private const int CopyBytes = 4096;

    private readonly string _path;

    private MarkFile(string path, OutboxMark mark)
    {
        this._path = path;
        Mark = mark;
    }

    public OutboxMark Mark { get; private set; }

    /// <summary>Made at this opening, so no older copy of it exists.</summary>
    public bool IsNew { get; private set; }

    /// <param name="isNew">There are no records: a missing mark is then no loss.</param>
    public static MarkFile Open(string path, bool isNew)
    {
        var found = File.Exists(path) ? Load(path) : null;
        var file = new MarkFile(path, found ?? OutboxMark.New() with { Clean = isNew });
        if (found is null)
        {
            file.IsNew = true;
            file.Create();
        }

        return file;
    }

    /// <summary>Notes what changes in memory only; the next <see cref="Save"/> writes it.</summary>
    public void Note(OutboxMark next) => Mark = next;

    public void Save(OutboxMark next, bool flush)
    {
        Mark = next with { Sequence = next.Sequence + 1 };
        using var handle = File.OpenHandle(_path, FileMode.Open, FileAccess.Write);
        Save(handle, Mark, (int)(Mark.Sequence % 2));
        if (flush)
        {
            RandomAccess.FlushToDisk(handle);
        }
    }

    // Both copies at once: afterwards the file never grows.
    private void Create()
    {
        using var handle = File.OpenHandle(_path, FileMode.Create, FileAccess.Write);
        Save(handle, Mark, 0);
        Save(handle, Mark, 1);
        RandomAccess.FlushToDisk(handle);
        DurableFile.FlushFolder(Path.GetDirectoryName(_path)!);
    }

    private static OutboxMark? Load(string path)
    {
        using var handle = File.OpenHandle(path);
        var copies = new[] { Load(handle, 0), Load(handle, 1) };
        var latest = copies.OfType<OutboxMark>().MaxBy(mark => mark.Sequence);

        // The unreadable copy may have been the later one, and then the other's word for a clean end is out of date.
        return copies.Contains(null) && latest is not null ? latest with { Clean = false } : latest;
    }

    private static OutboxMark? Load(SafeFileHandle handle, int copy)
    {
        Span<byte> bytes = stackalloc byte[OutboxMark.Bytes];
        var read = RandomAccess.Read(handle, bytes, (long)copy * CopyBytes);
        return OutboxMark.Read(bytes[..read]);
    }

    private static void Save(SafeFileHandle handle, OutboxMark mark, int copy)
    {
        Span<byte> bytes = stackalloc byte[OutboxMark.Bytes];
        mark.Write(bytes);
        RandomAccess.Write(handle, bytes, (long)copy * CopyBytes);
    }
}
