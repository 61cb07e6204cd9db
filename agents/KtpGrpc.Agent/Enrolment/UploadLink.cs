using System.Security.Cryptography;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using KtpGrpc.Agent.Identity;
using KtpGrpc.Agent.Session;

namespace KtpGrpc.Agent.Enrolment;

/// <summary>
/// The station's connection for packets, beside that of its session, so that bulk never delays control. It connects when
/// there is something to send, and is closed when nothing was for a while.
/// </summary>
internal sealed class UploadLink : IDisposable
{
    /// <summary>The server lets only so many stations upload at once.</summary>
    private static readonly TimeSpan _closedAfterIdle = TimeSpan.FromSeconds(10);

    private readonly GrpcChannel _channel;
    private volatile byte[]? _serverKey;

    public UploadLink(AgentOptions options, StationIdentity identity, TimeProvider time)
    {
        Identity = identity;
        _channel = ServerTrust.Open(
            options.Upload, identity.Authority, identity.Certificate, time, _closedAfterIdle, server => _serverKey = server.PublicKey.ExportSubjectPublicKeyInfo());
        Calls = options.UploadWire(_channel.Intercept(new UnaryDeadline()));
    }

    /// <summary>Whose certificate it shows.</summary>
    public StationIdentity Identity { get; }

    public CallInvoker Calls { get; }

    /// <summary>Whether the server, whose certificate was believed, signed this.</summary>
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

    public void Dispose() => _channel.Dispose();
}
