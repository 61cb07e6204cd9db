using System.Security.Cryptography;

namespace KtpGrpc.Ctl.Proof;

/// <summary>ECDSA on P-256, and nothing else.</summary>
internal static class Signatures
{
    /// <summary>What every SubjectPublicKeyInfo of P-256 begins with, up to the two coordinates.</summary>
    private static readonly byte[] _p256 = Convert.FromHexString("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

    public static bool Verify(byte[] publicKey, byte[] sha256, byte[] signature, DSASignatureFormat format)
    {
        if (publicKey.Length != _p256.Length + 64 || !publicKey.AsSpan().StartsWith(_p256))
        {
            return false;
        }

        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(publicKey, out _);
            return key.VerifyHash(sha256, signature, format);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>What people compare by eye.</summary>
    public static string Fingerprint(byte[] publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey));

    public static byte[] ReadKey(string path)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(path));
            return key.ExportSubjectPublicKeyInfo();
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"{path} holds no public key in PEM: --key wants the one that `ktpctl journal checkpoint --save-key FILE` saved.");
        }
    }
}
