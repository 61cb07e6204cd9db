using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KtpGrpc.Agent.Outbox;

namespace KtpGrpc.Agent.Identity;

/// <summary>
/// Who the station is: its certificate, its key, which never leaves the folder (0600), and the one authority it trusts.
/// </summary>
internal sealed class StationIdentity
{
    private StationIdentity(string folder, X509Certificate2 certificate, X509Certificate2 authority)
    {
        Folder = folder;
        Certificate = certificate;
        Authority = authority;
        Station = StationId.Parse(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
    }

    public StationId Station { get; }

    /// <summary>With its private key.</summary>
    public X509Certificate2 Certificate { get; }

    public X509Certificate2 Authority { get; }

    private string Folder { get; }

    /// <summary>The identity that a folder holds, or null before the station joined.</summary>
    public static StationIdentity? Load(string folder)
    {
        if (!File.Exists(CertificatePath(folder)) || !File.Exists(AuthorityPath(folder)))
        {
            return null;
        }

        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(CertificatePath(folder), KeyPath(folder));
            return new StationIdentity(folder, certificate, X509CertificateLoader.LoadCertificateFromFile(AuthorityPath(folder)));
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException)
        {
            throw new InvalidDataException(
                $"The identity in {folder} is damaged ({fault.Message}). Restore station.pem, station.key.pem and authority.cer, or join anew in an empty folder.", fault);
        }
    }

    /// <summary>The station's key, made at the first call and kept: a join that lost its answer is repeated with the same one.</summary>
    public static ECDsa LoadOrCreateKey(string folder)
    {
        Directory.CreateDirectory(folder);
        if (!File.Exists(KeyPath(folder)))
        {
            using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            DurableFile.Write(KeyPath(folder), System.Text.Encoding.ASCII.GetBytes(made.ExportPkcs8PrivateKeyPem()));
        }

        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(KeyPath(folder)));
        return key;
    }

    /// <summary>Keeps a certificate that the authority issued for this folder's key.</summary>
    public static StationIdentity Save(string folder, ReadOnlySpan<byte> certificate, ReadOnlySpan<byte> authority)
    {
        DurableFile.Write(AuthorityPath(folder), authority);
        using var issued = X509CertificateLoader.LoadCertificate(certificate);
        DurableFile.Write(CertificatePath(folder), System.Text.Encoding.ASCII.GetBytes(issued.ExportCertificatePem()));
        return Load(folder) ?? throw new InvalidOperationException("The identity was saved and is not there.");
    }

    public StationIdentity Renewed(ReadOnlySpan<byte> certificate) => Save(Folder, certificate, Authority.RawData);

    private static string KeyPath(string folder) => Path.Combine(folder, "station.key.pem");

    private static string CertificatePath(string folder) => Path.Combine(folder, "station.pem");

    private static string AuthorityPath(string folder) => Path.Combine(folder, "authority.cer");
}
