using System.Globalization;
using Ktp.Health.V1;

namespace KtpGrpc.Server.Repairs.Planning;

/// <summary>Why a step stands where it stands, in one sentence with its numbers.</summary>
internal static class Why
{
    public static string Of(Ranked ranked, World start)
    {
        var office = start.Offices[ranked.Step is Step.Loan lent ? lent.To : ranked.Step.Office].Office;
        var days = $"in {start.Days:0} days";
        var gain = ranked.Step switch
        {
            Step.Repair { Prints: true } => $"{Number(ranked.Citizens)} cards more can be printed {days} of {Number(office.Printable)} that are owed and have a blank",
            _ when office.Waiting is { } waiting => $"{Number(ranked.Citizens)} more of {Number(waiting)} waiting citizens of {office.Code} are served {days}",
            _ => $"{Number(ranked.Citizens)} citizens more of {office.Code}, where nobody has counted who waits, can be served {days}",
        };
        var cost = $"{Hours(ranked.TravelHours)} of travel and {Hours(ranked.Step.WorkHours)} of work: {Number(ranked.PerHour)} for each hour of a technician";
        return $"{What(ranked)}: {gain}; {cost}.{Part(ranked, start)}";
    }

    private static string What(Ranked ranked) => ranked.Step switch
    {
        Step.Loan loan => $"Lend the kit of {loan.Desk.Station} to {loan.Place}, where {Kits(ranked.KitsBefore)} can record; {loan.Office} keeps enough",
        Step.Repair { Prints: true } repair => $"Repair {Devices(repair)} of {repair.Desk.Station}",
        Step.Repair repair when repair.Desk.Kit == Works.Down => $"Repair {Devices(repair)} of {repair.Desk.Station}, where {Kits(ranked.KitsBefore)} of {repair.Office} can record",
        Step.Repair repair => $"Repair {Devices(repair)} of {repair.Desk.Station} before it fails, as {Priors.FailingThatFail:P0} of such do; {Kits(ranked.KitsBefore)} of {repair.Office} can record",
        _ => "",
    };

    private static string Devices(Step.Repair repair) => string.Join(" and ", repair.Faults.Select(fault => fault.Device.Kind == DeviceKind.Station ? "the silent desk" : fault.Device.ToString()));

    private static string Part(Ranked ranked, World start) =>
        ranked.PartExpected is { } day ? $" Not today: the part comes on {day:O}."
        : ranked.Step is Step.Repair repair && repair.Faults.Any(fault => fault.NeedsPart && start.Offices[repair.Office].Shelf.GetValueOrDefault(fault.Device.Kind) > 0) ? " The part is on the shelf."
        : "";

    private static string Kits(int count) => count switch { 0 => "no kit", 1 => "one kit", _ => $"{count} kits" };

    private static string Number(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Hours(double hours) => $"{hours.ToString("0.##", CultureInfo.InvariantCulture)} h";
}
