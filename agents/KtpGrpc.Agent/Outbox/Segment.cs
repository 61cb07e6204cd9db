using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace KtpGrpc.Agent.Outbox;

/// <summary>One file of the outbox: records appended until it is closed, removed as a whole.</summary>
internal sealed class Segment : IDisposable
{
    /// <summary>A place to begin reading is remembered every so many bytes, so that a read near the end reads little.</summary>
    private const int BlockBytes = 16 * 1024;

    private readonly string _path;
    private readonly List<(long Position, int Offset)> _blocks = [];
    private SafeFileHandle? _writer;

    private Segment(string path) => _path = path;

    public int Bytes { get; private set; }

    public int Records { get; private set; }

    public long LastPosition { get; private set; }

    public int DamagedStretches { get; private set; }

    public bool IsOpen => _writer is not null;

    /// <param name="firstPosition">Names the file; no record of another segment has it.</param>
    public static Segment Create(string directory, long firstPosition)
    {
        var segment = new Segment(SegmentName.Of(directory, firstPosition));
        segment._writer = File.OpenHandle(segment._path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        DurableFile.FlushFolder(directory);
        return segment;
    }

    public static Segment Load(string path)
    {
        var segment = new Segment(path);
        using var handle = File.OpenHandle(path);
        segment.Bytes = checked((int)RandomAccess.GetLength(handle));
        var buffer = ArrayPool<byte>.Shared.Rent(segment.Bytes);
        try
        {
            var reader = new FrameReader(Fill(handle, buffer, 0, segment.Bytes), after: 0);
            while (reader.TryRead(out var frame, out _))
            {
                segment.Note(frame.Position, reader.Offset);
            }

            segment.DamagedStretches = reader.DamagedStretches;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return segment;
    }

    /// <summary>Lets records be appended to a segment that was loaded whole.</summary>
    public void Reopen() => _writer = File.OpenHandle(_path, FileMode.Open, FileAccess.Write, FileShare.Read);

    /// <summary>On the disk when this returns.</summary>
    public void Append(long position, ReadOnlySpan<byte> payload)
    {
        var length = RecordFrame.HeaderBytes + payload.Length;
        var frame = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            RecordFrame.Write(frame, position, payload);
            RandomAccess.Write(_writer!, frame.AsSpan(0, length), Bytes);
            RandomAccess.FlushToDisk(_writer!);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }

        Note(position, Bytes);
        Bytes += length;
    }

    /// <summary>Adds the records from a position on, until the list has as many as are wanted.</summary>
    public void Read(long from, int most, List<OutboxRecord> records)
    {
        if (LastPosition < from)
        {
            return;
        }

        using var handle = File.OpenHandle(_path, share: FileShare.ReadWrite);
        var block = Math.Max(0, _blocks.FindLastIndex(block => block.Position <= from));
        for (; block < _blocks.Count && records.Count < most; block++)
        {
            var (position, start) = _blocks[block];
            var length = (block + 1 < _blocks.Count ? _blocks[block + 1].Offset : Bytes) - start;
            var buffer = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                var reader = new FrameReader(Fill(handle, buffer, start, length), after: position - 1);
                while (records.Count < most && reader.TryRead(out var frame, out var payload))
                {
                    if (frame.Position >= from)
                    {
                        records.Add(new OutboxRecord(frame.Position, payload.ToArray()));
                    }
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>Nothing is appended any more: the segment is long enough, or a write to it failed and its end is uncertain.</summary>
    public void Close()
    {
        _writer?.Dispose();
        _writer = null;
        Bytes = checked((int)new FileInfo(_path).Length);
    }

    public void Remove()
    {
        Dispose();
        File.Delete(_path);
    }

    public void Dispose() => _writer?.Dispose();

    private void Note(long position, int offset)
    {
        if (_blocks.Count == 0 || offset - _blocks[^1].Offset >= BlockBytes)
        {
            _blocks.Add((position, offset));
        }

        LastPosition = position;
        Records++;
    }

    private static ReadOnlySpan<byte> Fill(SafeFileHandle handle, byte[] buffer, int offset, int length)
    {
        var filled = 0;
        while (filled < length)
        {
            var read = RandomAccess.Read(handle, buffer.AsSpan(filled, length - filled), offset + filled);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        return buffer.AsSpan(0, filled);
    }
}
