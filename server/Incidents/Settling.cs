using Ktp.Incidents.V1;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Incidents;

/// <summary>
/// Brings incidents in line with what is wrong. Where a cause that explains others begins or ends, they follow in the same
/// transaction: nothing that is still wrong waits for another fact.
/// </summary>
internal sealed class Settling(JournalWriter journal)
{
    private const string Silence = "silence/";
    private const string Station = "station/";
    private const string Model = "model/";

    public static string SilenceOf(string region) => Silence + region;

    public static string CauseOf(StationId station) => Station + station;

    public static string CauseOfModel(string model) => Model + model;

    /// <summary>Says what is wrong with a cause now; null where it is well.</summary>
    public async ValueTask SettleAsync(Tx tx, string cause, DateTimeOffset now, Trouble? trouble)
    {
        var before = await CauseStore.FindAsync(tx, cause);
        if ((before?.Trouble ?? trouble) is { } known)
        {
            var changed = before is null || before.Now?.Kind != trouble?.Kind;
            await SettleAsync(tx, before, new KnownCause(cause, trouble ?? known, trouble is not null, changed ? now : before!.ChangedAt), now);
        }
    }

    /// <summary>Looks again at a cause that is as it was, since time has passed, or what mutes it has changed.</summary>
    public async ValueTask ResettleAsync(Tx tx, string cause, DateTimeOffset now)
    {
        if (await CauseStore.FindAsync(tx, cause) is { } known)
        {
            await SettleAsync(tx, known, known, now);
        }
    }

    public async ValueTask ResettleAsync(Tx tx, IEnumerable<string> causes, DateTimeOffset now)
    {
        foreach (var cause in causes)
        {
            await ResettleAsync(tx, cause, now);
        }
    }

    private async ValueTask SettleAsync(Tx tx, KnownCause? before, KnownCause known, DateTimeOffset now)
    {
        var last = await IncidentStore.LastOfAsync(tx, known.Cause);
        var explained = before is { IsWrong: true } && last is { IsOpen: true };
        var cause = new CauseNow(known.Cause, known.Now, known.ChangedAt, await MuteAsync(tx, known.Trouble, now));
        var newId = known.IsWrong && !(last is { IsOpen: true } && last.Kind == known.Trouble.Kind) ? await IncidentStore.NewIdAsync(tx, now) : "";
        foreach (var fact in IncidentLife.Decide(cause, last, newId, now))
        {
            await journal.AcceptAsync(tx, now, "server", fact);
            last = fact is IncidentOpened opened ? Incident.Of(opened, now, last) : last!.After(fact, now);
        }

        var open = last is { IsOpen: true };
        if (known.IsWrong || open)
        {
            await CauseStore.SaveAsync(tx, known, IncidentLife.DueAt(cause, last));
        }
        else
        {
            await CauseStore.ForgetAsync(tx, known.Cause);
        }

        if (explained != (known.IsWrong && open))
        {
            await ResettleAsync(tx, await CauseStore.BeneathAsync(tx, known), now);
        }
    }

    /// <summary>What keeps a trouble of equipment from people; of what explains it, the widest. Books and persons are never muted, nor is the last kit.</summary>
    private static async ValueTask<Mute> MuteAsync(Tx tx, Trouble trouble, DateTimeOffset now)
    {
        if (trouble.Kind is not (IncidentKind.DeviceFailing or IncidentKind.DeviceFailed or IncidentKind.StationSilent or IncidentKind.RegionSilent))
        {
            return Mute.None;
        }

        var region = RegionCode.Trusted(trouble.Region);
        var station = trouble.StationId.Length > 0 ? StationId.Trusted(trouble.StationId) : default(StationId?);
        if (await CauseStore.InMaintenanceAsync(tx, region, now) || (station is { } worked && await CauseStore.InMaintenanceAsync(tx, worked, now)))
        {
            return Mute.Maintenance;
        }

        var above = Above(trouble, region).ToList();
        var open = above.Count > 0 ? await CauseStore.OpenAsync(tx, above) : [];
        return above.Find(open.ContainsKey) is { } widest ? Mute.Under(open[widest]) : Mute.None;
    }

    /// <summary>The causes that would explain a trouble, the widest first.</summary>
    private static IEnumerable<string> Above(Trouble trouble, RegionCode region)
    {
        if (region.Depth > 0)
        {
            yield return SilenceOf("");
        }

        if (trouble.Kind != IncidentKind.RegionSilent)
        {
            yield return SilenceOf(region.Office.Value);
        }

        if (trouble.Kind is IncidentKind.DeviceFailing or IncidentKind.DeviceFailed)
        {
            yield return Station + trouble.StationId;
            yield return Model + trouble.Model;
        }
    }
}
