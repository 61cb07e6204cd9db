using System.Security.Cryptography;
using Google.Protobuf;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Rpc;

/// <summary>
/// Makes a mutating call safe to repeat: the first answer to a caller's request_id is kept with the change it made, and
/// a repetition gets the same answer. Kept for a week.
/// </summary>
internal static class OnceOnly
{
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(7);

    public static async ValueTask<TResponse> RunAsync<TResponse>(
        Tx tx, Caller caller, string requestId, IMessage request, DateTimeOffset now, Func<ValueTask<TResponse>> work)
        where TResponse : IMessage<TResponse>, new()
    {
        Require.Text(requestId, "request_id", 64);
        var digest = SHA256.HashData(request.ToByteArray());
        var known = await tx.FirstAsync(
            "SELECT digest, response FROM requests WHERE caller = $1 AND request_id = $2",
            row => (Digest: row.GetBytes(0), Response: row.GetBytes(1)), caller.Actor, requestId);
        if (known.Digest is not null)
        {
            if (!digest.AsSpan().SequenceEqual(known.Digest))
            {
                throw Refuse.Invalid("request_id was used for another request: make a new one for each change.");
            }

            var answered = new TResponse();
            answered.MergeFrom(known.Response);
            return answered;
        }

        var response = await work();
        await tx.ExecuteAsync(
            "INSERT INTO requests (caller, request_id, digest, response, at) VALUES ($1, $2, $3, $4, $5)",
            caller.Actor, requestId, digest, response.ToByteArray(), now);
        return response;
    }

    public static ValueTask<int> ForgetOldAsync(Tx tx, DateTimeOffset now) =>
        tx.ExecuteAsync("DELETE FROM requests WHERE at < $1", now - KeptFor);
}
