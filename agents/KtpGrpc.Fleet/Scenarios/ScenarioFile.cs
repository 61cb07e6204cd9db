using Ktp.Destruction.V1;
using Ktp.Health.V1;
using Ktp.Printing.V1;

namespace KtpGrpc.Fleet.Scenarios;

/// <summary>
/// What is played: who stands where, what breaks, what is delivered and asked for. Moments are local
/// (<c>2017-03-30T08:00</c>); chance decides only within the ranges given here.
/// </summary>
internal sealed record ScenarioFile
{
    public required string Name { get; init; }

    /// <summary>First day.</summary>
    public required DateOnly Start { get; init; }

    /// <summary>Last day, played to the close of the office.</summary>
    public required DateOnly End { get; init; }

    /// <summary>Local time minus UTC: +08:00.</summary>
    public required UtcOffset UtcOffset { get; init; }

    public required OfficeHours Office { get; init; }

    /// <summary>Minutes from one beat of the stations to the next, 1 to 240.</summary>
    public required int BeatMinutes { get; init; }

    /// <summary>
    /// The region that it is about: a regency or city, whose office holds the blanks and whose kits are counted, or a province with an
    /// office in each regency.
    /// </summary>
    public required string City { get; init; }

    /// <summary>Days on which all offices are closed.</summary>
    public IReadOnlyList<DateOnly> Holidays { get; init; } = [];

    public required IReadOnlyList<ScenarioRegion> Regions { get; init; }

    /// <summary>None where a province makes them by its rules.</summary>
    public IReadOnlyList<ScenarioStation> Stations { get; init; } = [];

    public ScenarioProvince? Province { get; init; }

    public IReadOnlyList<ScenarioFault> Faults { get; init; } = [];

    public IReadOnlyList<ScenarioOutage> UplinkOutages { get; init; } = [];

    public IReadOnlyList<ScenarioDelivery> Blanks { get; init; } = [];

    public ScenarioFeed? Feed { get; init; }

    public ScenarioPrinting Printing { get; init; } = new();

    public ScenarioDestruction? Destruction { get; init; }

    public required ScenarioPackets Packets { get; init; }
}

/// <summary>When the office is open; nothing happens at other times but fire and lightning.</summary>
internal sealed record OfficeHours
{
    public required TimeOnly Opens { get; init; }

    public required TimeOnly Closes { get; init; }

    public required IReadOnlyList<DayOfWeek> Days { get; init; }
}

/// <summary>A place of the tree; a district also says how many citizens must be recorded and were before the scenario.</summary>
internal sealed record ScenarioRegion
{
    public required string Code { get; init; }

    public required string Name { get; init; }

    public long? Obliged { get; init; }

    public long? RecordedBefore { get; init; }
}

/// <summary>A recording desk. The first of a district gets the id <c>district-1</c>, the second <c>district-2</c>.</summary>
internal sealed record ScenarioStation
{
    public required string District { get; init; }

    public required string Name { get; init; }

    /// <summary>Citizens who come on a working day.</summary>
    public required Between CapturesPerDay { get; init; }

    public required IReadOnlyList<ScenarioDevice> Kit { get; init; }
}

internal sealed record ScenarioDevice
{
    public required DeviceKind Kind { get; init; }

    public required string Model { get; init; }

    public required string Serial { get; init; }
}

/// <summary>Why something breaks. Only wear shows beforehand.</summary>
internal enum FaultCause
{
    Wear,
    Fire,
    Lightning,
    Flood,
    Theft,
    Rats,
}

/// <summary>The end of one device, or of a whole station where no device is named: then it falls silent for ever.</summary>
internal sealed record ScenarioFault
{
    public required string Station { get; init; }

    public DeviceKind? Device { get; init; }

    public required FaultCause Cause { get; init; }

    /// <summary>Earliest and latest moment of the death.</summary>
    public required LocalMoment DiesFrom { get; init; }

    public required LocalMoment DiesTo { get; init; }

    /// <summary>Wear only: days from the first sign to the death.</summary>
    public Between? RampDays { get; init; }

    /// <summary>Wear only: share of failed captures when it dies.</summary>
    public Between? PeakRatio { get; init; }

    /// <summary>What a dead device shows.</summary>
    public string Code { get; init; } = "device-missing";
}

/// <summary>No station of the region reaches the server.</summary>
internal sealed record ScenarioOutage
{
    public required string Region { get; init; }

    public required LocalMoment From { get; init; }

    public required LocalMoment To { get; init; }
}

/// <summary>Blanks handed over to the city's office; in a province, to each office.</summary>
internal sealed record ScenarioDelivery
{
    public required LocalMoment At { get; init; }

    /// <summary>1 to 100,000.</summary>
    public required int Count { get; init; }
}

/// <summary>Print-ready records that the centre releases each working day, as the office opens.</summary>
internal sealed record ScenarioFeed
{
    /// <summary>Whose stations may print them: the city or a district; a province's name stands for each of its offices.</summary>
    public required string Region { get; init; }

    /// <summary>Of each office.</summary>
    public required Between PerDay { get; init; }

    /// <summary>Weight of each priority.</summary>
    public required IReadOnlyDictionary<JobPriority, double> Priorities { get; init; }
}

internal sealed record ScenarioPrinting
{
    /// <summary>What one printer makes from one beat to the next: as many blanks are put into its hopper.</summary>
    public int CardsPerBeat { get; init; } = 8;

    public double FailedPrints { get; init; }

    public double FailedEncodes { get; init; }

    public double Jams { get; init; }
}

/// <summary>The day on which the custodian burns what he keeps, before two witnesses.</summary>
internal sealed record ScenarioDestruction
{
    /// <summary>While the office is open.</summary>
    public required LocalMoment At { get; init; }

    public required DestructionMethod Method { get; init; }

    /// <summary>1 to 200 characters.</summary>
    public required string Place { get; init; }
}

internal sealed record ScenarioPackets
{
    /// <summary>Share of the citizens whose recording is sealed and uploaded; of the others only the devices' counters tell.</summary>
    public required double Share { get; init; }

    /// <summary>Share of the uploads whose answer gets lost on the wire.</summary>
    public double LostAnswers { get; init; }
}
