using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Security;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Stations;

/// <summary>
/// How a station gets its certificate, and a new one later. Tokens, nonces and certificates go by the system clock.
/// </summary>
internal sealed class Joining(
    Database database, JournalWriter journal, CertificateAuthority authority, KeyedHash keyedHash, DomainClock clock, TimeProvider time)
{
    private static readonly TimeSpan _nonceLife = TimeSpan.FromMinutes(1);

    /// <summary>
    /// A token follows from who asked and his request_id: asking again gives the same one, and it is stored nowhere.
    /// </summary>
    public async Task<string> CreateTokenAsync(Caller caller, string requestId, RegionCode district, string stationName, CancellationToken cancellation)
    {
        var secret = keyedHash.Of("join-token", $"{caller.Actor}\n{requestId}\n{district}\n{stationName}");
        await database.WriteAsync(async tx =>
        {
            _ = await StationStore.RegionNameAsync(tx, district) ?? throw Refuse.NotFound($"Region '{district}' is not known: put it first.");
            await tx.ExecuteAsync("DELETE FROM join_tokens WHERE expires_at < $1", time.GetUtcNow() - TimeSpan.FromDays(1));
            await tx.ExecuteAsync(
                "INSERT INTO join_tokens (secret_hash, region, station_name, actor, expires_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                SHA256.HashData(secret), district.Value, stationName, caller.Actor, time.GetUtcNow() + JoinToken.Life);
        }, cancellation);
        return JoinToken.Write(secret, authority.KeyHash);
    }

    /// <summary>A repetition with the same token and key, within the token's life, gets the same station: an answer may be lost.</summary>
    public async Task<(StationId Id, X509Certificate2 Certificate)> JoinAsync(string token, byte[] certificateRequest, CancellationToken cancellation)
    {
        var secretHash = JoinToken.SecretHash(token) ?? throw Refuse.Unauthenticated("This is not a join token: it has the form ktp1.….…");
        var key = ReadRequestKey(certificateRequest);
        var publicKey = key.ExportSubjectPublicKeyInfo();
        return await database.WriteAsync(async tx =>
        {
            var known = await tx.FirstAsync<TokenRow?>(
                $"SELECT region, station_name, actor, expires_at, station_id, public_key FROM join_tokens WHERE secret_hash = $1 {tx.Dialect.ForUpdate}",
                row => new TokenRow(row.GetString(0), row.GetString(1), row.GetString(2), row.GetMoment(3), row.GetStringOrNull(4), row.IsNull(5) ? null : row.GetBytes(5)),
                secretHash)
                ?? throw Refuse.Unauthenticated("The join token is not known: ask an admin for a new one.");
            if (known.ExpiresAt < time.GetUtcNow())
            {
                throw Refuse.Unauthenticated($"The join token expired: it lives for {JoinToken.Life.TotalMinutes:0} minutes. Ask an admin for a new one.");
            }

            if (known.StationId is not null)
            {
                return publicKey.AsSpan().SequenceEqual(known.PublicKey)
                    ? (StationId.Trusted(known.StationId), authority.IssueStation(known.StationId, key))
                    : throw Refuse.Unauthenticated("The join token was used by another station: ask an admin for a new one.");
            }

            var district = RegionCode.Trusted(known.Region);
            var id = StationId.Of(district, await StationStore.CountInDistrictAsync(tx, district) + 1);
            var certificate = authority.IssueStation(id.Value, key);
            await tx.ExecuteAsync("UPDATE join_tokens SET station_id = $1, public_key = $2 WHERE secret_hash = $3", id.Value, publicKey, secretHash);
            await journal.AcceptAsync(tx, clock.Now, known.Actor, new StationJoined(id.Value, district.Value, known.StationName, publicKey, certificate.NotAfter.ToUniversalTime()));
            return (id, certificate);
        }, cancellation);
    }

    public Task<byte[]> BeginRenewalAsync(StationId id, CancellationToken cancellation) => database.WriteAsync(async tx =>
    {
        var nonce = RandomNumberGenerator.GetBytes(32);
        await tx.ExecuteAsync("DELETE FROM renewal_nonces WHERE expires_at < $1", time.GetUtcNow());
        if (await StationStore.FindAsync(tx, id) is not null)
        {
            // An unknown station gets a nonce as well, which nothing accepts: the answer tells nobody who exists.
            await tx.ExecuteAsync("INSERT INTO renewal_nonces (nonce, station_id, expires_at) VALUES ($1, $2, $3)", nonce, id.Value, time.GetUtcNow() + _nonceLife);
        }

        return nonce;
    }, cancellation);

    public Task<X509Certificate2> RenewAsync(StationId id, byte[] nonce, byte[] signature, CancellationToken cancellation) => database.WriteAsync(async tx =>
    {
        var station = await StationStore.LockAsync(tx, id);
        var fresh = await tx.ExecuteAsync("DELETE FROM renewal_nonces WHERE nonce = $1 AND station_id = $2 AND expires_at >= $3", nonce, id.Value, time.GetUtcNow()) == 1;
        if (station is null || !fresh || !IsSigned(station.PublicKey, nonce, signature))
        {
            throw Refuse.Unauthenticated("The nonce is not fresh, or its signature is not by the key this station joined with.");
        }

        if (station.Standing != StationStanding.Active)
        {
            throw Refuse.Denied($"Station {id} is {station.Standing.ToString().ToLowerInvariant()}.");
        }

        var certificate = authority.IssueStation(id.Value, PublicKey.CreateFromSubjectPublicKeyInfo(station.PublicKey, out _));
        await journal.AcceptAsync(tx, clock.Now, "station:" + id, new CertificateRenewed(id.Value, id.Region.Value, certificate.NotAfter.ToUniversalTime()));
        return certificate;
    }, cancellation);

    private static PublicKey ReadRequestKey(byte[] certificateRequest)
    {
        const string NistP256 = "1.2.840.10045.3.1.7";
        try
        {
            // Loading checks the request's own signature: whoever asks holds the key.
            var request = CertificateRequest.LoadSigningRequest(certificateRequest, HashAlgorithmName.SHA256, signerSignaturePadding: RSASignaturePadding.Pkcs1);
            using var key = request.PublicKey.GetECDsaPublicKey();
            return key?.ExportParameters(false).Curve.Oid.Value == NistP256
                ? request.PublicKey
                : throw Refuse.Invalid("certificate_request must be for a P-256 key.");
        }
        catch (CryptographicException)
        {
            throw Refuse.Invalid("certificate_request is not a PKCS #10 request in DER, signed by its own key.");
        }
    }

    private static bool IsSigned(byte[] publicKey, byte[] nonce, byte[] signature)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out _);
        return key.VerifyData(nonce, signature, HashAlgorithmName.SHA256);
    }

    private sealed record TokenRow(string Region, string StationName, string Actor, DateTimeOffset ExpiresAt, string? StationId, byte[]? PublicKey);
}
