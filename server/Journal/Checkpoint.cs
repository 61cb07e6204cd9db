using System.Security.Cryptography;
using System.Text;

namespace KtpGrpc.Server.Journal;

/// <summary>The signed root of the tree at a size: whoever keeps one can tell later whether the journal was changed before it.</summary>
internal sealed record Checkpoint(long Size, byte[] Root, DateTimeOffset At, byte[] Signature, byte[] PublicKey)
{
    public static Checkpoint Sign(long size, byte[] root, DateTimeOffset at, JournalKey key) =>
        new(size, root, at, key.Sign(Line(size, root, at)), key.PublicKey);

    public bool IsSigned()
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(PublicKey, out _);
        return key.VerifyData(Line(Size, Root, At), Signature, HashAlgorithmName.SHA256);
    }

    private static byte[] Line(long size, byte[] root, DateTimeOffset at) =>
        Encoding.UTF8.GetBytes($"ktp-checkpoint-v1 {size} {Convert.ToHexStringLower(root)} {at.ToUnixTimeMilliseconds()}");
}
