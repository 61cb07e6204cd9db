using System.Security.Cryptography;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Journal;

/// <summary>The P-256 key that signs checkpoints, and files that leave the house; made at the first start.</summary>
internal sealed class JournalKey : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create();

    public JournalKey(DataFolder folder)
    {
        _key.ImportFromPem(DataFolder.ReadOrCreateSecret(Path.Combine(folder.Keys, "journal.key.pem"), () =>
        {
            using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return made.ExportPkcs8PrivateKeyPem();
        }));
        PublicKey = _key.ExportSubjectPublicKeyInfo();
    }

    /// <summary>DER SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey { get; }

    public byte[] Sign(ReadOnlySpan<byte> data) => _key.SignData(data, HashAlgorithmName.SHA256);

    /// <summary>Signs a file by its SHA-256, in the form that openssl reads.</summary>
    public byte[] SignFile(ReadOnlySpan<byte> sha256) => _key.SignHash(sha256, DSASignatureFormat.Rfc3279DerSequence);

    public void Dispose() => _key.Dispose();
}
