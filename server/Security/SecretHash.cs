using System.Globalization;
using System.Security.Cryptography;

namespace KtpGrpc.Server.Security;

/// <summary>Hash of an operator's secret: PBKDF2 with SHA-256 (NIST SP 800-132), as <c>pbkdf2-sha256$iterations$salt$hash</c>.</summary>
internal static class SecretHash
{
    private const string Scheme = "pbkdf2-sha256";
    private const int Iterations = 100_000;
    private const int Size = 32;

    public static string Of(string secret)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return $"{Scheme}${Iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(Derive(secret, salt, Iterations))}";
    }

    public static bool Matches(string hash, string secret) =>
        hash.Split('$') is [Scheme, var iterations, var salt, var derived]
        && int.TryParse(iterations, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
        && CryptographicOperations.FixedTimeEquals(Derive(secret, Convert.FromBase64String(salt), count), Convert.FromBase64String(derived));

    private static byte[] Derive(string secret, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(secret, salt, iterations, HashAlgorithmName.SHA256, Size);
}
