using System.Security.Cryptography;
using System.Text;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Security;

/// <summary>
/// HMAC-SHA-256 under a secret of this installation: equal values can be found again, and nobody without the key can try
/// out all sixteen digits of a NIK against a stolen table.
/// </summary>
internal sealed class KeyedHash(DataFolder folder)
{
    private readonly byte[] _key = Convert.FromHexString(
        DataFolder.ReadOrCreateSecret(Path.Combine(folder.Keys, "lookup.key"), () => Convert.ToHexString(RandomNumberGenerator.GetBytes(32))));

    /// <param name="purpose">What is hashed: hashes of two purposes never meet.</param>
    public byte[] Of(string purpose, string value) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(purpose + "\n" + value));
}
