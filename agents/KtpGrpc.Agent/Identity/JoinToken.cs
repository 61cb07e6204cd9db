using System.Buffers.Text;

namespace KtpGrpc.Agent.Identity;

/// <summary>The half of a join token that the agent reads: the SHA-256 of the authority's public key, by which it knows the right server.</summary>
internal static class JoinToken
{
    /// <summary>Null for a text that is no token.</summary>
    public static byte[]? AuthorityKeyHash(string token)
    {
        if (token.Trim().Split('.') is not ["ktp1", _, var hash])
        {
            return null;
        }

        try
        {
            return Base64Url.DecodeFromChars(hash);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
