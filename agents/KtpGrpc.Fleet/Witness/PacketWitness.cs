using System.Security.Cryptography;

namespace KtpGrpc.Fleet.Witness;

/// <summary>Looks for what the agents sealed among the files on the server's disk, and asks nobody.</summary>
internal static class PacketWitness
{
    public static int Lost(IEnumerable<string> sealedHashes, string folder)
    {
        var lost = sealedHashes.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (Directory.Exists(folder))
        {
            foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                using var file = File.OpenRead(path);
                lost.Remove(Convert.ToHexStringLower(SHA256.HashData(file)));
            }
        }

        return lost.Count;
    }
}
