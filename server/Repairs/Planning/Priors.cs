using Ktp.Health.V1;

namespace KtpGrpc.Server.Repairs.Planning;

/// <summary>What a plan assumes where nothing was measured; each with its source, all of it also in docs/repairs.md.</summary>
internal static class Priors
{
    /// <summary>A kit records 30 to 100 people a day.</summary>
    public const double CitizensPerKitDay = 50;

    /// <summary>A printer does 100 to 250 cards a day; what an office used of late tells which, within these.</summary>
    public const double LeastCardsPerDay = 100;
    public const double CardsPerPrinterDay = 175;
    public const double MostCardsPerDay = 250;

    /// <summary>Offices are open from Monday to Friday.</summary>
    public const double WorkingShare = 5.0 / 7;

    /// <summary>
    /// 25 to 30 of 100 kits stood broken in 2017 and 2019; with half a year until a spare came that is one break in 500 days of a
    /// well kit.
    /// </summary>
    public const double BreaksPerDay = 0.002;

    /// <summary>Of the devices that the detectors call failing so many do fail, half of them within the lead (docs/detection.md).</summary>
    public const double FailingThatFail = 0.58;
    public const double FailingLeadDays = 6;

    /// <summary>How long a spare takes: for this long a city is dark when its last kit dies.</summary>
    public const double SpareDays = 30;

    /// <summary>A part that nobody has ordered yet; our own guess.</summary>
    public const double PartDays = 14;

    public const double HoursToday = 8;

    /// <summary>To pack a kit, and to set it up elsewhere.</summary>
    public const double PackHours = 1;
    public const double SetUpHours = 2;

    /// <summary>Hours at the desk, by what is broken; our own guess.</summary>
    public static double WorkHours(DeviceKind kind) => kind switch
    {
        DeviceKind.Printer => 3,
        DeviceKind.Host => 4,
        DeviceKind.Fingerprint or DeviceKind.Iris => 1.5,
        DeviceKind.Station => 2,
        _ => 1,
    };

    /// <summary>The share of the days ahead on which something can be expected to work.</summary>
    public static double Expected(Works works, double days) => works switch
    {
        Works.Well => Math.Max(0, 1 - BreaksPerDay * days / 2),
        Works.Failing => 1 - FailingThatFail * Math.Max(0, days - FailingLeadDays) / days,
        _ => 0,
    };
}
