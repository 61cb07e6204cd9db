using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>Judges the silence of the country, and writes down that it fell silent or is heard again.</summary>
internal sealed class CountryWatch(HealthMemory memory, SavedStations saved, Database database, JournalWriter journal)
{
    /// <param name="active">The stations that may speak.</param>
    public async Task<CountryVerdict> JudgeAsync(List<StationHealth> active, DateTimeOffset now, CancellationToken cancellation)
    {
        var country = memory.Country;
        await country.Turn.WaitAsync(cancellation);
        try
        {
            await saved.SeeOthersAsync(RegionCode.Country, active, cancellation);

            // Beats of seconds do not tell a holiday.
            var verdict = NationalSilence.Judge(country.Silence, active.ConvertAll(station => station.See(now, DateTimeOffset.MaxValue)), now);
            if (country.NewsOf(verdict.Silence, verdict.Away, awayAlone: false) is { } news)
            {
                await database.WriteAsync(tx => journal.AcceptAsync(tx, now, "server", news), cancellation);
                country.Tell(verdict.Silence, now);
                RestartClocks(active, verdict.Away, now);
            }

            return verdict;
        }
        finally
        {
            country.Turn.Release();
        }
    }

    private static void RestartClocks(List<StationHealth> stations, IReadOnlyList<StationId> away, DateTimeOffset now)
    {
        var ids = away.ToHashSet();
        foreach (var station in stations.Where(station => station.IsMine && ids.Contains(station.Id)))
        {
            lock (station.Lock)
            {
                station.Presence.RestartClock(now);
                station.Dirty = true;
            }
        }
    }
}
