using System.Security.Cryptography.X509Certificates;
using KtpGrpc.Agent.Enrolment;

namespace KtpGrpc.Agent.Tests.Enrolment;

/// <summary>One centre and one station for a whole class of tests: an RSA-3072 key takes a good part of a second to make.</summary>
public sealed class CentreFixture : IDisposable
{
    private static readonly DateTimeOffset _now = new(2016, 9, 30, 0, 0, 0, TimeSpan.Zero);

    public CentreFixture()
    {
        Centre = CentreKeys.Create(Folder.Path, _now);
        File.WriteAllText(Folder["ca.pem"], Keys.Authority.ExportCertificatePem());
    }

    public X509Certificate2 Centre { get; }

    internal TempFolder Folder { get; } = new();

    internal StationKeys Keys { get; } = new();

    public void Dispose()
    {
        Centre.Dispose();
        Keys.Dispose();
        Folder.Dispose();
    }
}
