using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Journal;

/// <summary>
/// Accepts facts: applies the fact to its tables and inserts the row, in the caller's transaction. The sealer gives the
/// row its position after the commit.
/// </summary>
internal sealed class JournalWriter(FactCatalog catalog, JournalSignals signals)
{
    private const int Moment = sizeof(long);
    private const int Length = sizeof(int);

    /// <param name="locked">The row that the fact changes, as the transaction has it locked, for a kind that takes one.</param>
    public async ValueTask AcceptAsync(Tx tx, DateTimeOffset now, string actor, IFact fact, object? locked = null)
    {
        var entry = catalog.Of(fact);
        var payload = entry.Write(fact);
        var hash = Hash(now, actor, fact.Region, fact.Subject, entry.Kind, payload);

        // What is applied is what a fold will read. It comes first: of two transactions that change one row, the second waits
        // here for the first, and takes its place in the journal after it.
        await entry.ApplyAsync(tx, now, entry.Read(payload), locked);
        await tx.ExecuteAsync(
            "INSERT INTO journal (at, actor, region, subject, kind, payload, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            now, actor, fact.Region, fact.Subject, entry.Kind, payload, hash);
        signals.Accepted();
    }

    /// <summary>
    /// SHA-256 of the canonical form: the moment as 8 bytes of Unix milliseconds, big endian, then each text as 4 bytes of
    /// length, big endian, and its UTF-8.
    /// </summary>
    public static byte[] Hash(DateTimeOffset at, string actor, string region, string subject, string kind, string payload)
    {
        ReadOnlySpan<string> texts = [actor, region, subject, kind, payload];
        var length = Moment;
        foreach (var text in texts)
        {
            length += Length + Encoding.UTF8.GetByteCount(text);
        }

        var form = ArrayPool<byte>.Shared.Rent(length);
        BinaryPrimitives.WriteInt64BigEndian(form, at.ToUnixTimeMilliseconds());
        var end = Moment;
        foreach (var text in texts)
        {
            var bytes = Encoding.UTF8.GetBytes(text, form.AsSpan(end + Length));
            BinaryPrimitives.WriteInt32BigEndian(form.AsSpan(end), bytes);
            end += Length + bytes;
        }

        var hash = SHA256.HashData(form.AsSpan(0, end));
        ArrayPool<byte>.Shared.Return(form);
        return hash;
    }
}
