using System.Collections.Immutable;
using Ktp.Health.V1;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Repairs.Planning;

/// <summary>All offices of a plan, after some steps; doing one gives another world.</summary>
internal sealed record World(ImmutableDictionary<RegionCode, OfficeOutlook> Offices, ImmutableHashSet<string> Done, double Days, DateOnly Today)
{
    /// <summary>A lender keeps so many well kits: he must not be the next who has one left.</summary>
    private const int LenderKeeps = 2;

    public static World Of(IEnumerable<Office> offices, double days, DateOnly today) =>
        new(offices.ToImmutableDictionary(office => office.Code, office => OfficeOutlook.Of(office, days)), [], days, today);

    /// <summary>All that could be done, in the order of keys.</summary>
    public IReadOnlyList<Step> Steps()
    {
        var steps = new List<Step>();
        foreach (var (code, outlook) in Offices)
        {
            foreach (var desk in outlook.Office.Desks)
            {
                var prints = desk.Faults.Where(fault => fault.Device.Kind == DeviceKind.Printer).ToList();
                var records = desk.Faults.Where(fault => fault.Device.Records || fault.Device.Kind == DeviceKind.Station).ToList();
                steps.AddRange(records.Count > 0 ? [new Step.Repair(code, desk, Prints: false, records)] : []);
                steps.AddRange(prints.Count > 0 ? [new Step.Repair(code, desk, Prints: true, prints)] : []);
            }
        }

        steps.AddRange(Loans());
        return [.. steps.OrderBy(step => step.Key, StringComparer.Ordinal)];
    }

    /// <summary>Whether it was not done yet and may still be.</summary>
    public bool IsOpen(Step step) => !Done.Contains(step.Key) && (step is not Step.Loan loan
        || (Offices[loan.Office].WorkingWell(Days) > LenderKeeps && Offices[loan.To].Working <= 1 && IsWell(loan.Desk)));

    /// <summary>The day on which the part that a step lacks can be there; null where nothing lacks.</summary>
    public DateOnly? PartExpected(Step step)
    {
        if (step is not Step.Repair repair)
        {
            return null;
        }

        var lacking = repair.Faults.Where(fault => fault.NeedsPart).GroupBy(fault => fault.Device.Kind)
            .Where(faults => faults.Count() > Offices[step.Office].Shelf.GetValueOrDefault(faults.Key)).SelectMany(faults => faults).ToList();
        var usual = Today.AddDays((int)Priors.PartDays);
        return lacking.Count == 0 ? null : lacking.Max(fault => fault.PartExpected is not { } day ? usual : day > Today ? day : Today.AddDays(1));
    }

    /// <summary>Citizens that are served with it and not without.</summary>
    public double Gain(Step step) =>
        After(step).Sum(outlook => outlook.Value(Days) - Offices[outlook.Office.Code].Value(Days));

    public World Do(Step step) => this with
    {
        Offices = Offices.SetItems(After(step).Select(outlook => KeyValuePair.Create(outlook.Office.Code, outlook))),
        Done = Done.Add(step.Key),
    };

    private IEnumerable<OfficeOutlook> After(Step step)
    {
        var here = Offices[step.Office];
        var well = Priors.Expected(Works.Well, Days);
        if (step is Step.Loan loan)
        {
            var there = Offices[loan.To];
            yield return here with { Kits = here.Kits.Remove(loan.Desk.Station.Value) };
            yield return there with { Kits = there.Kits.SetItem(loan.Desk.Station.Value, well) };
        }
        else if (step is Step.Repair { Desk: var desk } repair)
        {
            var lost = PartExpected(step) is { } day ? Math.Min(Days, day.DayNumber - Today.DayNumber) : 0;
            var share = well * (Days - lost) / Days;
            var id = desk.Station.Value;
            here = here with { Shelf = Taken(here.Shelf, repair) };
            yield return repair.Prints ? Raise(here, kits: false, id, share)
                : desk.Printer == Works.None || desk.Faults.Any(fault => fault.Device.Kind == DeviceKind.Printer) ? Raise(here, kits: true, id, share)
                : Raise(Raise(here, kits: true, id, share), kits: false, id, share);
        }
    }

    /// <summary>A failing one is not made worse by a repair that comes late.</summary>
    private static OfficeOutlook Raise(OfficeOutlook outlook, bool kits, string id, double share) => kits
        ? outlook with { Kits = outlook.Kits.SetItem(id, Math.Max(share, outlook.Kits.GetValueOrDefault(id))) }
        : outlook with { Printers = outlook.Printers.SetItem(id, Math.Max(share, outlook.Printers.GetValueOrDefault(id))) };

    private static ImmutableDictionary<DeviceKind, int> Taken(ImmutableDictionary<DeviceKind, int> shelf, Step.Repair repair)
    {
        foreach (var fault in repair.Faults.Where(fault => fault.NeedsPart && shelf.GetValueOrDefault(fault.Device.Kind) > 0))
        {
            shelf = shelf.SetItem(fault.Device.Kind, shelf[fault.Device.Kind] - 1);
        }

        return shelf;
    }

    private bool IsWell(Desk desk) => Offices[desk.Station.Region.Office].Kits.GetValueOrDefault(desk.Station.Value) >= Priors.Expected(Works.Well, Days);

    /// <summary>To whoever has one kit or none, within the province; the kits that fewest citizens wait for go first.</summary>
    private IEnumerable<Step> Loans()
    {
        foreach (var to in Offices.Values.Where(outlook => outlook.Working <= 1))
        {
            foreach (var from in Offices.Values.Where(outlook => outlook.Office.Code.Parent == to.Office.Code.Parent && outlook.WorkingWell(Days) > LenderKeeps))
            {
                foreach (var desk in from.Office.Desks.Where(IsWell).OrderBy(desk => desk.Waiting).ThenBy(desk => desk.Station.Value, StringComparer.Ordinal).Take(2))
                {
                    yield return new Step.Loan(from.Office.Code, desk, to.Office.Code, to.Office.LoanPlace);
                }
            }
        }
    }
}
