using System.Collections.Concurrent;
using Grpc.Core;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Enrolment;

/// <summary>
/// One holder at a time per packet, and of one station's calls the latest wins: after a broken connection the earlier upload
/// may still wait for bytes that never come, so whoever comes later bids it to end and waits until it has. A stranger's
/// call ends nobody's: it waits, and is refused when it sees whose packet it is.
/// </summary>
internal sealed class PacketClaims
{
    private readonly ConcurrentDictionary<PacketId, Claim> _claims = new();
    private long _tickets;

    /// <param name="giveUp">Called, perhaps more than once, when a later one wants the packet.</param>
    public async Task<Claim> TakeOverAsync(PacketId id, StationId station, Action giveUp, CancellationToken cancellation)
    {
        var mine = new Claim(this, id, station, Interlocked.Increment(ref _tickets), giveUp);
        while (_claims.GetOrAdd(id, mine) is var holder && holder != mine)
        {
            if (holder.Station == station)
            {
                if (holder.Ticket > mine.Ticket)
                {
                    throw TakenOver();
                }

                holder.GiveUp();
            }

            await holder.Ended.WaitAsync(cancellation);
        }

        return mine;
    }

    /// <summary>The packet's claim, or null where it has a holder.</summary>
    public Claim? TryClaim(PacketId id)
    {
        var mine = new Claim(this, id, default, Interlocked.Increment(ref _tickets), () => { });
        return _claims.TryAdd(id, mine) ? mine : null;
    }

    public static RpcException TakenOver() => Refuse.Because(StatusCode.Aborted, "A later call took this packet over.");

    internal sealed class Claim(PacketClaims claims, PacketId id, StationId station, long ticket, Action giveUp) : IDisposable
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Who holds it; nobody's where the server itself does.</summary>
        public StationId Station => station;

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
