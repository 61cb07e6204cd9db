using System.Security.Cryptography;

namespace KtpGrpc.Fleet.Witness;

/// <summary>Looks for what the agents sealed among the files on the server's disk, and asks nobody.</summary>
internal static class PacketWitness
{
    /// <summary>Where the server keeps what it has not given a receipt for.</summary>
    private const string Incoming = "incoming";

    public static int Lost(IEnumerable<string> sealedHashes, string folder)
    {
        var lost = sealedHashes.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (Directory.Exists(folder))
        {
            var incoming = Path.Combine(folder, Incoming) + Path.DirectorySeparatorChar;
            foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(path => !path.StartsWith(incoming, StringComparison.Ordinal)))
            {
                using var file = File.OpenRead(path);
                lost.Remove(Convert.ToHexStringLower(SHA256.HashData(file)));
            }
        }

        return lost.Count;
    }
}
