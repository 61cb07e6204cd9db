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
        TryRead(hash, out var iterations, out var salt, out var derived) && CryptographicOperations.FixedTimeEquals(Derive(secret, salt, iterations), derived);

    public static bool IsOne(string? hash) => TryRead(hash, out _, out _, out _);

    private static bool TryRead(string? hash, out int iterations, out byte[] salt, out byte[] derived)
    {
        (iterations, salt, derived) = (0, [], []);
        if (hash?.Split('$') is not [Scheme, var count, var salted, var result]
            || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out iterations) || iterations == 0
            || !System.Buffers.Text.Base64.IsValid(salted) || !System.Buffers.Text.Base64.IsValid(result))
        {
            return false;
        }

        (salt, derived) = (Convert.FromBase64String(salted), Convert.FromBase64String(result));
        return true;
    }

    private static byte[] Derive(string secret, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(secret, salt, iterations, HashAlgorithmName.SHA256, Size);
}
