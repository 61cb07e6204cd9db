using Google.Protobuf;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Rpc;

/// <summary>
/// Makes a mutating call safe to repeat: the first answer to a caller's request_id is kept with the change it made, and
/// a repetition gets the same answer. Kept for a week.
/// </summary>
internal sealed class OnceOnly(Database database, KeyedHash keyedHash)
{
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(7);

    /// <summary>Does the work in a transaction of its own, as <see cref="Database.WriteAsync{T}"/> does, unless it was done before.</summary>
    public Task<TResponse> WriteAsync<TResponse>(
        Caller caller, string requestId, IMessage request, DateTimeOffset now, Func<Tx, ValueTask<TResponse>> work, CancellationToken cancellation)
        where TResponse : IMessage<TResponse>, new()
    {
        Require.Text(requestId, "request_id", 64);

        // Keyed, since a request may hold a NIK, and its sixteen digits could be tried out against a plain hash.
        var digest = keyedHash.Of("request", request.ToByteArray());
        return database.WriteAsync(async tx =>
        {
            var known = await tx.FirstAsync(
                "SELECT digest, response FROM requests WHERE caller = $1 AND request_id = $2",
                row => (Digest: row.GetBytes(0), Response: row.GetBytes(1)), caller.Actor, requestId);
            if (known.Digest is not null)
            {
                return digest.AsSpan().SequenceEqual(known.Digest)
                    ? Read<TResponse>(known.Response)
                    : throw Refuse.Invalid("request_id was used for another request: make a new one for each change.");
            }

            var response = await work(tx);
            await tx.ExecuteAsync(
                "INSERT INTO requests (caller, request_id, digest, response, at) VALUES ($1, $2, $3, $4, $5)",
                caller.Actor, requestId, digest, response.ToByteArray(), now);
            return response;
        }, cancellation);
    }

    /// <summary>Forgets the answers whose week is over.</summary>
    public Task<int> ForgetOldAsync(DateTimeOffset now, CancellationToken cancellation) =>
        database.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM requests WHERE at < $1", now - KeptFor), cancellation);

    private static TResponse Read<TResponse>(byte[] response) where TResponse : IMessage<TResponse>, new()
    {
        var answered = new TResponse();
        answered.MergeFrom(response);
        return answered;
    }
}
