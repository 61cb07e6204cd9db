using System.IO.Compression;
using System.Security.Cryptography;

namespace KtpGrpc.Agent.Enrolment;

/// <summary>
/// The packet inside the seal: a ZIP of stored entries, <c>packet.json</c> first, then a file for each part.
/// Stored, for the images are compressed already; the same parts and manifest give the same bytes.
/// </summary>
internal static class PacketContainer
{
    /// <summary>Local header, central directory, data descriptor and two names: what a ZIP adds to an entry, rounded up.</summary>
    private const int EntryOverhead = 256;

    // A ZIP cannot say 1970, which is what a kiosk's clock may say; and the manifest has the time.
    private static readonly DateTimeOffset _entryTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <returns>A pinned array of exactly the packet's size, so that no collection leaves copies; the caller overwrites it.</returns>
    public static byte[] Write(CapturedParts parts, PacketManifest manifest)
    {
        var room = parts.TotalBytes + PacketManifest.MostBytes + ((parts.Count + 2) * EntryOverhead);
        var buffer = GC.AllocateUninitializedArray<byte>(checked((int)room), pinned: true);
        try
        {
            // The buffer cannot grow: growing would leave the old one behind, uncleared.
            using var stream = new MemoryStream(buffer, 0, buffer.Length, writable: true, publiclyVisible: true);
            stream.SetLength(0);
            using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            {
                Fill(zip, parts, manifest);
            }

            var packet = GC.AllocateUninitializedArray<byte>((int)stream.Length, pinned: true);
            buffer.AsSpan(0, packet.Length).CopyTo(packet);
            return packet;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private static void Fill(ZipArchive zip, CapturedParts parts, PacketManifest manifest)
    {
        using (var entry = Open(zip, PacketManifest.FileName))
        {
            manifest.WriteTo(entry, parts.Records.Select(pair => new PacketPart(
                pair.Key.FileName(), pair.Value.Length, Convert.ToHexStringLower(SHA256.HashData(pair.Value)))));
        }

        foreach (var (part, record) in parts.Records)
        {
            using var entry = Open(zip, part.FileName());
            entry.Write(record);
        }
    }

    private static Stream Open(ZipArchive zip, string name)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = _entryTime;
        return entry.Open();
    }
}
