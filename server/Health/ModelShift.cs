using Ktp.Health.V1;
using KtpGrpc.Server.Health.Detectors;

namespace KtpGrpc.Server.Health;

/// <summary>A device of a model as its counters, or its ratios, stand.</summary>
/// <param name="DaysAway">Days of its office since it was heard; 0 for today.</param>
internal sealed record ModelDevice(Attention Attention, Signal By, DateTimeOffset Since, int DaysAway)
{
    public bool IsStrangeBy(Signal signal) => Attention >= Attention.Watch && By == signal;
}

/// <summary>Devices of one model that went bad together, by one counter.</summary>
/// <param name="Heard">Devices of the model that were heard: on the day on which it was noticed, within the week where more joined them.</param>
internal sealed record ModelTrouble(Signal Signal, DateTimeOffset Since, int Devices, int Heard);

/// <summary>A bad firmware, or a bad batch of ribbons or blanks, moves a whole model: that is one cause, and not each device's own.</summary>
internal static class ModelShift
{
    /// <summary>Two may be chance.</summary>
    public const int LeastDevices = 3;

    /// <summary>A device that was not heard for longer says nothing of how its model is now. It bridges a weekend and a holiday.</summary>
    private const int MostDaysAway = 7;

    /// <summary>
    /// A lot of ribbons comes into a printer when the one before is used up, after two to five days of printing and a weekend; and who
    /// prints little shows it later. What went bad one by one, over weeks, grew old.
    /// </summary>
    private static readonly TimeSpan _together = TimeSpan.FromDays(7);

    /// <summary>
    /// At least three and at least half of those heard today ask for attention by the same counter, since the same week; until
    /// fewer than a quarter of those heard within the week do. It grows with those that join them, told by quarters: of thousands
    /// each is not a fact by itself.
    /// </summary>
    public static ModelTrouble? Judge(ModelTrouble? before, IReadOnlyList<ModelDevice> devices)
    {
        if (before is not null)
        {
            var heard = devices.Where(device => device.DaysAway <= MostDaysAway).ToList();
            var still = heard.Count(device => device.IsStrangeBy(before.Signal));
            var joined = heard.Count(device => device.IsStrangeBy(before.Signal) && device.Since >= before.Since);
            return heard.Count > 0 && 4 * still < heard.Count ? null
                : joined >= before.Devices + Math.Max(1, before.Devices / 4) ? before with { Devices = joined, Heard = heard.Count }
                : before;
        }

        var today = devices.Where(device => device.DaysAway <= 0).ToList();
        var strange = today.Where(device => device.Attention >= Attention.Watch).ToList();
        return strange.Count < LeastDevices || 2 * strange.Count < today.Count ? null : strange
            .GroupBy(device => device.By)
            .Select(by => Largest(by.Key, [.. by.Select(device => device.Since).Order()], today.Count))
            .Where(found => found.Devices >= LeastDevices && 2 * found.Devices >= found.Heard)
            .MaxBy(found => found.Devices);
    }

    /// <summary>The week in which most of them began.</summary>
    private static ModelTrouble Largest(Signal signal, DateTimeOffset[] onsets, int heard)
    {
        var (best, from) = (new ModelTrouble(signal, onsets[0], 0, heard), 0);
        for (var to = 0; to < onsets.Length; to++)
        {
            while (onsets[to] - onsets[from] > _together)
            {
                from++;
            }

            best = to - from + 1 > best.Devices ? best with { Since = onsets[from], Devices = to - from + 1 } : best;
        }

        return best;
    }
}
