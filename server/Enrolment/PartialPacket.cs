using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace KtpGrpc.Server.Enrolment;

/// <summary>
/// An open packet on its way: each chunk is hashed and written as it comes. Its holder has the packet's claim, so nobody
/// else writes to the file.
/// </summary>
internal sealed class PartialPacket : IDisposable
{
    private const int ReadBytes = 64 * 1024;

    private readonly SafeFileHandle _file;
    private readonly IncrementalHash _sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly PacketSeal _seal;

    /// <summary>Opens the file, or makes it, and hashes what is in it.</summary>
    public PartialPacket(string path, PacketSeal seal)
    {
        _seal = seal;
        _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            Hash(RandomAccess.GetLength(_file));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>How many bytes are on the disk, hashed.</summary>
    public long Length { get; private set; }

    public bool IsWhole => Length == _seal.Length;

    public void Append(ReadOnlySpan<byte> chunk)
    {
        RandomAccess.Write(_file, chunk, Length);
        _sha.AppendData(chunk);
        Length += chunk.Length;
    }

    /// <summary>Whether the bytes are those that were sealed; asked once, when they are all here.</summary>
    public bool HasItsHash() => _sha.GetHashAndReset().AsSpan().SequenceEqual(_seal.Sha256);

    /// <summary>Returns when the bytes are on the disk; their name is another matter.</summary>
    public void Flush() => RandomAccess.FlushToDisk(_file);

    public void Dispose()
    {
        _file.Dispose();
        _sha.Dispose();
    }

    private void Hash(long length)
    {
        if (length == 0)
        {
            return;
        }

        if (length > _seal.Length)
        {
            RandomAccess.SetLength(_file, 0);
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            while (Length < length && RandomAccess.Read(_file, buffer, Length) is > 0 and var read)
            {
                _sha.AppendData(buffer, 0, read);
                Length += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
