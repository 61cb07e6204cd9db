using System.Security.Cryptography;
using Grpc.Core;
using Grpc.Net.Client;
using KtpGrpc.Agent.Identity;

namespace KtpGrpc.Agent.Session;

/// <summary>
/// The station's channels to its server: one for control, which stays, and one for uploads, which connects when there is
/// something to send, so that bulk never delays control.
/// </summary>
internal sealed class StationLink : IAsyncDisposable
{
    private readonly GrpcChannel _control;
    private readonly GrpcChannel _upload;
    private volatile byte[]? _serverKey;

    public StationLink(AgentOptions options, StationIdentity identity, TimeProvider time)
    {
        _control = ServerTrust.Open(options.Control, identity.Authority, identity.Certificate, time);
        _upload = ServerTrust.Open(options.Upload, identity.Authority, identity.Certificate, time,
            server => _serverKey = server.PublicKey.ExportSubjectPublicKeyInfo());
        Control = _control.CreateCallInvoker();
        Upload = options.UploadWire(_upload.CreateCallInvoker());
    }

    public CallInvoker Control { get; }

    public CallInvoker Upload { get; }

    /// <summary>Null while no session is open.</summary>
    public SessionClient? Session { get; set; }

    /// <summary>Whether the upload server, whose certificate was believed, signed this.</summary>
    public bool IsSignedByServer(byte[] data, ReadOnlySpan<byte> signature)
    {
        if (_serverKey is not { } publicKey)
        {
            return false;
        }

        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out _);
        return key.VerifyData(data, signature, HashAlgorithmName.SHA256);
    }

    public async ValueTask DisposeAsync()
    {
        if (Session is { } session)
        {
            await session.DisposeAsync();
        }

        _control.Dispose();
        _upload.Dispose();
    }
}
