using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>Follows the registry: of a station that was retired, lists and gauges are to show nothing.</summary>
internal sealed class Retirement(JournalWriter journal)
{
    public Follower ToFollower() => new("health", new HashSet<string> { StandingChanged.Kind }, HandleAsync);

    private async ValueTask HandleAsync(Tx tx, SealedFact at, IFact news)
    {
        if (news is StandingChanged { Standing: StationStanding.Retired } retired)
        {
            await journal.AcceptAsync(tx, at.At, "server", new StationForgotten(retired.StationId, retired.Region));
            await tx.ExecuteAsync("DELETE FROM detector_checkpoints WHERE station_id = $1", retired.StationId);
            await tx.ExecuteAsync("DELETE FROM health_owners WHERE station_id = $1", retired.StationId);
        }
    }
}
