using KtpGrpc.Server.Enrolment;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Coverage;

/// <summary>Hears of packets and counts citizens: who was recorded before, here or elsewhere, counts no second time.</summary>
internal sealed class CoverageFollower(JournalWriter journal)
{
    private const string Name = "coverage";
    private const string Actor = "server";

    public Follower ToFollower() => new(Name, new HashSet<string> { PacketReceived.Kind }, HandleAsync);

    private async ValueTask HandleAsync(Tx tx, SealedFact news, IFact fact)
    {
        if (fact is PacketReceived packet && !await CoverageStore.IsRecordedAsync(tx, packet.CitizenId))
        {
            await journal.AcceptAsync(tx, news.At, Actor, new CitizenRecorded(
                packet.CitizenId, packet.Region, CaptureMoment.Of(packet.CapturedAt, news.At), packet.Village));
        }
    }
}
