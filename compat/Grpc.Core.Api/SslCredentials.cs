namespace Grpc.Core;

/// <summary>TLS, perhaps with certificates in PEM; the .NET client takes certificates from its HTTP handler instead.</summary>
public sealed class SslCredentials : ChannelCredentials
{
    private readonly VerifyPeerCallback? verifyPeerCallback;

    /// <summary>TLS as the engine has it by default.</summary>
    public SslCredentials() : this(null)
    {
    }

    /// <summary>TLS with roots to trust.</summary>
    public SslCredentials(string? rootCertificates) : this(rootCertificates, null)
    {
    }

    /// <summary>TLS with roots to trust and a certificate to show.</summary>
    public SslCredentials(string? rootCertificates, KeyCertificatePair? keyCertificatePair)
        : this(rootCertificates, keyCertificatePair, null)
    {
    }

    /// <summary>TLS with roots to trust, a certificate to show and a last check of the peer.</summary>
    public SslCredentials(string? rootCertificates, KeyCertificatePair? keyCertificatePair, VerifyPeerCallback? verifyPeerCallback)
    {
        RootCertificates = rootCertificates;
        KeyCertificatePair = keyCertificatePair;
        this.verifyPeerCallback = verifyPeerCallback;
    }

    /// <summary>The roots to trust, in PEM.</summary>
    public string? RootCertificates { get; }

    /// <summary>The certificate to show.</summary>
    public KeyCertificatePair? KeyCertificatePair { get; }

    internal override bool IsComposable => true;

    /// <inheritdoc />
    public override void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object state) =>
        configurator.SetSslCredentials(state, RootCertificates, KeyCertificatePair, verifyPeerCallback);
}
