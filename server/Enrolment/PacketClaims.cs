using System.Collections.Concurrent;
using KtpGrpc.Server.Rpc;
using Grpc.Core;

namespace KtpGrpc.Server.Enrolment;

/// <summary>
/// One holder at a time per packet, and the latest wins: after a broken connection the earlier upload may still wait for
/// bytes that never come, so whoever comes later bids it to end and waits until it has.
/// </summary>
internal sealed class PacketClaims
{
    private readonly ConcurrentDictionary<PacketId, Claim> _claims = new();
    private long _tickets;

    /// <param name="giveUp">Called, perhaps more than once, when a later one wants the packet.</param>
    public async Task<Claim> TakeOverAsync(PacketId id, Action giveUp, CancellationToken cancellation)
    {
        var mine = new Claim(this, id, Interlocked.Increment(ref _tickets), giveUp);
        while (_claims.GetOrAdd(id, mine) is var holder && holder != mine)
        {
            if (holder.Ticket > mine.Ticket)
            {
                throw TakenOver();
            }

            holder.GiveUp();
            await holder.Ended.WaitAsync(cancellation);
        }

        return mine;
    }

    /// <summary>The packet's claim, or null where it has a holder.</summary>
    public Claim? TryClaim(PacketId id)
    {
        var mine = new Claim(this, id, Interlocked.Increment(ref _tickets), () => { });
        return _claims.TryAdd(id, mine) ? mine : null;
    }

    public static RpcException TakenOver() => Refuse.Because(StatusCode.Aborted, "A later call took this packet over.");

    internal sealed class Claim(PacketClaims claims, PacketId id, long ticket, Action giveUp) : IDisposable
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Ticket => ticket;

        public Task Ended => _ended.Task;

        public void GiveUp() => giveUp();

        public void Dispose()
        {
            claims._claims.TryRemove(new KeyValuePair<PacketId, Claim>(id, this));
            _ended.TrySetResult();
        }
    }
}
