using System.Security.Cryptography;
using System.Text;

namespace KtpGrpc.Server.Storage;

/// <summary>
/// HMAC-SHA-256 under a secret of this installation: equal values can be found again, and nobody without the key can try
/// out all sixteen digits of a NIK against a stolen table.
/// </summary>
internal sealed class KeyedHash(DataFolder folder)
{
    private readonly byte[] _key = Convert.FromHexString(
        DataFolder.ReadOrCreateSecret(Path.Combine(folder.Keys, "lookup.key"), () => Convert.ToHexString(RandomNumberGenerator.GetBytes(32))));

    /// <param name="purpose">What is hashed: hashes of two purposes never meet.</param>
    public byte[] Of(string purpose, string value) => Of(purpose, Encoding.UTF8.GetBytes(value));

    public byte[] Of(string purpose, ReadOnlySpan<byte> value)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hash.AppendData(Encoding.UTF8.GetBytes(purpose + "\n"));
        hash.AppendData(value);
        return hash.GetHashAndReset();
    }
}
