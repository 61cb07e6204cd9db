using System.Collections.Immutable;
using Ktp.Health.V1;

namespace KtpGrpc.Server.Repairs.Planning;

/// <summary>
/// An office in the days ahead: the share of them on which each kit and each printer can be expected to work, and the parts that
/// are left. Its value is how many citizens it can be expected to serve.
/// </summary>
internal sealed record OfficeOutlook(Office Office, ImmutableDictionary<string, double> Kits, ImmutableDictionary<string, double> Printers, ImmutableDictionary<DeviceKind, int> Shelf)
{
    public static OfficeOutlook Of(Office office, double days) => new(
        office,
        office.Desks.Where(desk => desk.Kit != Works.None).ToImmutableDictionary(desk => desk.Station.Value, desk => Priors.Expected(desk.Kit, days)),
        office.Desks.Where(desk => desk.Printer != Works.None).ToImmutableDictionary(desk => desk.Station.Value, desk => Priors.Expected(desk.Printer, days)),
        office.Shelf.ToImmutableDictionary());

    /// <summary>Kits that can record now, also those that are failing.</summary>
    public int Working => Kits.Values.Count(share => share > 0);

    public int WorkingWell(double days) => Kits.Values.Count(share => share >= Priors.Expected(Works.Well, days));

    /// <summary>
    /// Citizens recorded and cards printed within the days, less those that a dark city costs: when no kit is left, nobody is
    /// recorded until a spare comes.
    /// </summary>
    public double Value(double days)
    {
        var waiting = Office.Waiting ?? double.PositiveInfinity;
        var dark = Kits.Values.Order().Aggregate(1.0, (all, share) => all * (1 - share));
        return ExpectedLeast(Kits.Values, Priors.CitizensPerKitDay * days * Priors.WorkingShare, waiting)
            - dark * Math.Min(waiting, Priors.CitizensPerKitDay * Priors.SpareDays * Priors.WorkingShare)
            + ExpectedLeast(Printers.Values, Office.CardsPerDay * days * Priors.WorkingShare, Office.Printable);
    }

    /// <summary>What so many of one kind do together, each with its chance to work, where no more than <paramref name="most"/> can be done.</summary>
    private static double ExpectedLeast(IEnumerable<double> chances, double each, double most)
    {
        // In one order: a sum of doubles depends on it, and a plan must not.
        var sorted = chances.Order().ToArray();
        var odds = new double[sorted.Length + 1];
        odds[0] = 1;
        for (var taken = 0; taken < sorted.Length; taken++)
        {
            for (var up = taken + 1; up >= 0; up--)
            {
                odds[up] = odds[up] * (1 - sorted[taken]) + (up > 0 ? odds[up - 1] * sorted[taken] : 0);
            }
        }

        return odds.Select((chance, up) => chance * Math.Min(most, up * each)).Sum();
    }
}
