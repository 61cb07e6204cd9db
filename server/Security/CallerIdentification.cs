using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Security;

/// <summary>
/// Finds out who calls, before any rpc: an operator by HTTP Basic (RFC 7617), else a station by its certificate, which the
/// handshake has already checked, else nobody.
/// </summary>
internal sealed class CallerIdentification(RequestDelegate next, OperatorFile operators, TimeProvider time)
{
    /// <summary>
    /// Who a certificate names. A connection has one object for its certificate, so an answer lives as long as the
    /// connection; its streams ask side by side.
    /// </summary>
    private readonly ConditionalWeakTable<X509Certificate2, Caller> _named = [];

    public Task InvokeAsync(HttpContext context)
    {
        var caller = context.Request.Headers.Authorization.ToString() is { Length: > 0 } authorization
            ? FromSecret(authorization)
            : FromCertificate(context);
        context.Features.Set(caller);
        return next(context);
    }

    private Caller FromSecret(string authorization)
    {
        if (!AuthenticationHeaderValue.TryParse(authorization, out var header) || !header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) || header.Parameter is null)
        {
            return Caller.Anonymous with { Refusal = "The authorization header must be Basic with an operator's name and secret." };
        }

        var bytes = new byte[header.Parameter.Length];
        if (!Convert.TryFromBase64String(header.Parameter, bytes, out var length)
            || Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is not [var name, var secret])
        {
            return Caller.Anonymous with { Refusal = "The authorization header is not base64 of name:secret." };
        }

        return operators.Verify(name, secret);
    }

    /// <summary>A connection may outlive its certificate.</summary>
    private Caller FromCertificate(HttpContext context)
    {
        if (context.Connection.ClientCertificate is not { } certificate)
        {
            return Caller.Anonymous;
        }

        if (certificate.NotAfter.ToUniversalTime() < time.GetUtcNow().UtcDateTime)
        {
            return Caller.Anonymous with { Refusal = "The certificate has expired: renew it." };
        }

        return _named.GetValue(certificate, Read);
    }

    private static Caller Read(X509Certificate2 certificate)
    {
        if (CertificateAuthority.StationOf(certificate) is not { } stationId)
        {
            return Caller.Anonymous with { Refusal = "The certificate names no station." };
        }

        var district = stationId.LastIndexOf('-') is var dash and > 0 ? stationId[..dash] : stationId;
        return RegionCode.TryParse(district, out var region)
            ? new Caller(CallerKind.Station, stationId, Role.None, region)
            {
                KeyHash = Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())),
            }
            : Caller.Anonymous with { Refusal = "The certificate names no station." };
    }
}
