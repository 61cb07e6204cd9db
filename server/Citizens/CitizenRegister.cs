using System.Text;
using KtpGrpc.Server.Security;
using KtpGrpc.Server.Storage;
using Microsoft.AspNetCore.DataProtection;

namespace KtpGrpc.Server.Citizens;

/// <summary>
/// Knows who a citizen is: by the keyed hash of the NIK it finds the id, and NIK and name lie encrypted beside it.
/// Encryption happens before a transaction, for its keys come from the same database.
/// </summary>
internal sealed class CitizenRegister(KeyedHash keyedHash, IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("citizens");

    /// <summary>Makes a person ready to be stored; call it outside of a transaction.</summary>
    public ProtectedCitizen Protect(Nik nik, string name) =>
        new(HashOf(nik), _protector.Protect(Encoding.UTF8.GetBytes(nik.Digits + "\n" + name)));

    public byte[] HashOf(Nik nik) => keyedHash.Of("nik", nik.Digits);

    /// <summary>The id of a citizen, new where he was not known.</summary>
    public static async ValueTask<CitizenId> FindOrAddAsync(Tx tx, ProtectedCitizen citizen)
    {
        if (await FindAsync(tx, citizen.NikHash) is { } known)
        {
            return known;
        }

        var id = CitizenId.New();
        await tx.ExecuteAsync("INSERT INTO citizens (citizen_id, nik_hash, person) VALUES ($1, $2, $3)", id.Value, citizen.NikHash, citizen.Person);
        return id;
    }

    public static ValueTask<CitizenId?> FindAsync(Tx tx, byte[] nikHash) =>
        tx.FirstAsync<CitizenId?>("SELECT citizen_id FROM citizens WHERE nik_hash = $1", row => new CitizenId(row.GetString(0)), nikHash);

    public static ValueTask<int> EraseAsync(Tx tx, CitizenId id) => tx.ExecuteAsync("DELETE FROM citizens WHERE citizen_id = $1", id.Value);
}

/// <summary>A citizen as the table has him.</summary>
internal sealed record ProtectedCitizen(byte[] NikHash, byte[] Person);
