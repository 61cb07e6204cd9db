using System.Security.Cryptography;

namespace KtpGrpc.Server.Stations;

/// <summary>
/// A one-time token: <c>ktp1.SECRET.CA</c>, both parts base64url; CA is the SHA-256 of the authority's public key, by which
/// the agent knows the right server. Only the secret's hash is kept.
/// </summary>
internal static class JoinToken
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private const string Prefix = "ktp1";

    public static string Write(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> authorityKeyHash) => $"{Prefix}.{Encode(secret)}.{Encode(authorityKeyHash)}";

    /// <summary>The hash under which a token's secret is kept; null for a text that is no token.</summary>
    public static byte[]? SecretHash(string token)
    {
        if (token.Length > 200 || token.Split('.') is not [Prefix, var secret, _])
        {
            return null;
        }

        try
        {
            return SHA256.HashData(System.Buffers.Text.Base64Url.DecodeFromChars(secret));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
