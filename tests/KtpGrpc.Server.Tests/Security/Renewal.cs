using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Ktp.Stations.V1;
using KtpGrpc.Testing;

namespace KtpGrpc.Server.Tests.Security;

/// <summary>A certificate's renewal, step by step, as a station does it.</summary>
internal static class Renewal
{
    /// <summary>The new certificate, with the station's key.</summary>
    public static async Task<X509Certificate2> RenewAsync(CallInvoker server, JoinedStation station)
    {
        using var key = station.Certificate.GetECDsaPrivateKey()!;
        var nonce = await NonceAsync(server, station.Id);
        using var bare = X509CertificateLoader.LoadCertificate((await SendAsync(server, station.Id, nonce, Sign(key, nonce))).Certificate.Span);
        return bare.CopyWithPrivateKey(key);
    }

    public static async Task<byte[]> NonceAsync(CallInvoker server, string stationId) =>
        (await new StationService.StationServiceClient(server).BeginRenewalAsync(new BeginRenewalRequest { StationId = stationId })).Nonce.ToByteArray();

    public static byte[] Sign(ECDsa key, byte[] nonce) => key.SignData(nonce, HashAlgorithmName.SHA256);

    public static Task<RenewCertificateResponse> SendAsync(CallInvoker server, string stationId, byte[] nonce, byte[] signature) =>
        new StationService.StationServiceClient(server).RenewCertificateAsync(new RenewCertificateRequest
        {
            StationId = stationId,
            Nonce = ByteString.CopyFrom(nonce),
            Signature = ByteString.CopyFrom(signature),
        }).ResponseAsync;
}
