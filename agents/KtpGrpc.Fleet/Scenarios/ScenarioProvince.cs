using Ktp.Health.V1;

namespace KtpGrpc.Fleet.Scenarios;

/// <summary>
/// A whole province by rules instead of desk by desk: which regencies have how many desks, of what age their kits are, and how often
/// what befalls them. What becomes of each desk is drawn by the seed.
/// </summary>
internal sealed record ScenarioProvince
{
    public required IReadOnlyList<ScenarioRegency> Regencies { get; init; }

    /// <summary>Kits by the year in which they were bought.</summary>
    public required IReadOnlyList<ScenarioVintage> Vintages { get; init; }

    /// <summary>Citizens who come to a desk on a working day; 30 to 100 are told.</summary>
    public required Between CapturesPerDay { get; init; }

    public required ScenarioAgeing Ageing { get; init; }

    public ScenarioBouts? Bouts { get; init; }

    public IReadOnlyList<ScenarioMishap> Mishaps { get; init; } = [];

    public ScenarioStorms? Storms { get; init; }

    public ScenarioLinks? Links { get; init; }

    public ScenarioRibbonBatch? RibbonBatch { get; init; }

    public required ScenarioRepairs Repairs { get; init; }
}

/// <summary>A regency or city with its desks, each in a district of its own; the first one has the printer.</summary>
internal sealed record ScenarioRegency
{
    public required string Code { get; init; }

    public required string Name { get; init; }

    /// <summary>1 to 99.</summary>
    public required int Desks { get; init; }

    public required long Obliged { get; init; }

    public required long RecordedBefore { get; init; }
}

/// <summary>Kits that were bought in one year, of one make.</summary>
internal sealed record ScenarioVintage
{
    public required int Year { get; init; }

    /// <summary>Weight among the vintages.</summary>
    public required double Share { get; init; }

    /// <summary>The model of each device: fingerprint, iris and camera, and what else there is; a printer's stands at the first desk only.</summary>
    public required IReadOnlyDictionary<DeviceKind, string> Models { get; init; }
}

/// <summary>How capturing devices wear out: by a Weibull hazard of their age, so that old ones die more often than new ones.</summary>
internal sealed record ScenarioAgeing
{
    /// <summary>Above 1 the hazard rises with age.</summary>
    public required double Shape { get; init; }

    /// <summary>The age, in years, by which 63 of 100 are dead.</summary>
    public required double ScaleYears { get; init; }

    /// <summary>Share of them that die without a sign: a power supply burns, a board cracks.</summary>
    public double SuddenShare { get; init; }

    /// <summary>Days from the first sign to the death.</summary>
    public required Between RampDays { get; init; }

    /// <summary>Share of failed captures when it dies.</summary>
    public required Between PeakRatio { get; init; }

    /// <summary>Share of failed captures while it is well: no two desks have the same light, dust and hands.</summary>
    public required Between UsualRatio { get; init; }
}

/// <summary>Days of many failed captures on a device that is well.</summary>
internal sealed record ScenarioBouts
{
    public required double PerDeviceYear { get; init; }

    public required Between Days { get; init; }

    public required Between FailedShare { get; init; }
}

/// <summary>What ends a device, or a whole desk, without a sign.</summary>
internal sealed record ScenarioMishap
{
    public required FaultCause Cause { get; init; }

    /// <summary>How many a desk sees in a year, on average.</summary>
    public required double PerDeskYear { get; init; }

    /// <summary>True where it ends the desk, false where it ends one of its capturing devices.</summary>
    public bool Desk { get; init; }

    /// <summary>What the dead device shows.</summary>
    public string Code { get; init; } = "device-missing";
}

/// <summary>Storms of the rains: a regency's uplink is out or comes and goes, and lightning strikes.</summary>
internal sealed record ScenarioStorms
{
    public required double PerRegencyYear { get; init; }

    /// <summary>The months in which they come, 1 to 12.</summary>
    public required IReadOnlyList<int> Months { get; init; }

    public required Between Hours { get; init; }

    /// <summary>Share of the storms in which the uplink is out altogether; in the others it is out every other while.</summary>
    public required double OutShare { get; init; }

    /// <summary>Chance of each desk of the regency to be struck.</summary>
    public required double Strikes { get; init; }
}

/// <summary>Lines of single desks.</summary>
internal sealed record ScenarioLinks
{
    public required double OutagesPerDeskYear { get; init; }

    public required Between Hours { get; init; }

    /// <summary>Share of the beats that get lost on a desk's line; drawn for each desk.</summary>
    public required Between LostBeats { get; init; }
}

/// <summary>A lot of ribbons that prints badly, in the printers of one model of some regencies, until it is used up.</summary>
internal sealed record ScenarioRibbonBatch
{
    public required string Model { get; init; }

    public required DateOnly From { get; init; }

    public required DateOnly To { get; init; }

    /// <summary>Share of the regencies that got the lot.</summary>
    public required double Share { get; init; }

    /// <summary>Share of failed prints with it.</summary>
    public required double FailedPrints { get; init; }
}

/// <summary>Who repairs, and how long what takes; the same people and the same roads for every policy.</summary>
internal sealed record ScenarioRepairs
{
    public required int Technicians { get; init; }

    /// <summary>Days on the road to a regency, one way.</summary>
    public required Between RoadDays { get; init; }

    /// <summary>Days until the spare is there.</summary>
    public required Between SpareDays { get; init; }

    /// <summary>Days from a death until somebody has complained loudly enough; for repair on complaint only.</summary>
    public required Between ComplaintDays { get; init; }
}
