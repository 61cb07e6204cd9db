using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace KtpGrpc.Ctl.Proof;

/// <summary>A checkpoint as it stands in an export, or in a file of its own that somebody kept.</summary>
internal sealed record SignedCheckpoint(long Size, byte[] Root, byte[] PublicKey)
{
    /// <summary>Checks what the line says of itself.</summary>
    public static SignedCheckpoint Of(byte[] line, long number)
    {
        var told = Canonical.Read(line, ProofJson.Compact.Line, number).Checkpoint;
        var (root, key) = (Canonical.Hash(told.Root, "The checkpoint's root"), Canonical.Base64(told.PublicKey, "The checkpoint's public key"));
        var signed = SHA256.HashData(Encoding.UTF8.GetBytes($"ktp-checkpoint-v1 {told.Size} {told.Root} {told.At.ToUnixTimeMilliseconds()}"));
        return Signatures.Verify(key, signed, Canonical.Base64(told.Signature, "The checkpoint's signature"), DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
            ? new SignedCheckpoint(told.Size, root, key)
            : throw new FindingException("The checkpoint's signature does not fit it.");
    }

    /// <summary>One that was kept.</summary>
    public static SignedCheckpoint Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new UsageException($"There is no file {path}: --checkpoint wants one that `ktpctl journal checkpoint --save FILE` saved.");
        }

        return File.ReadAllText(path).Split('\n') is [var line, ""]
            ? Of(Encoding.UTF8.GetBytes(line), 1)
            : throw new FindingException($"{path} is not one line with a checkpoint.");
    }

    /// <summary>The line that a file of its own holds.</summary>
    public static string Write(Ktp.Journal.V1.Checkpoint checkpoint) => JsonSerializer.Serialize(new Line(new Told(
        checkpoint.Size, Convert.ToHexStringLower(checkpoint.Root.Span), checkpoint.At.ToDateTimeOffset(),
        Convert.ToBase64String(checkpoint.Signature.Span), Convert.ToBase64String(checkpoint.PublicKey.Span))), ProofJson.Compact.Line) + "\n";

    internal sealed record Line(Told Checkpoint);

    internal sealed record Told(long Size, string Root, DateTimeOffset At, string Signature, string PublicKey);
}
