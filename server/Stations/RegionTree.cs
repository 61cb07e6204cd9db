using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Stations;

/// <summary>The tree grows from the top: a region is known only below a known one.</summary>
internal static class RegionTree
{
    /// <summary>What of the wanted regions is new or has another name; refuses an orphan.</summary>
    public static async ValueTask<List<RegionsPut.Entry>> ChangesAsync(Tx tx, IReadOnlyList<(RegionCode Code, string Name)> wanted)
    {
        var putNow = wanted.Select(region => region.Code).ToHashSet();
        var changed = new List<RegionsPut.Entry>();
        foreach (var (code, name) in wanted)
        {
            if (code.Depth > 1 && !putNow.Contains(code.Parent) && await StationStore.RegionNameAsync(tx, code.Parent) is null)
            {
                throw Refuse.NotFound($"Region '{code.Parent}' is not known: put it before '{code}'.");
            }

            if (await StationStore.RegionNameAsync(tx, code) != name)
            {
                changed.Add(new RegionsPut.Entry(code.Value, name));
            }
        }

        return changed;
    }
}
