using System.Text.Json.Serialization;
using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Printing;

/// <summary>Something that happened to a station's printer, as the queue sees it.</summary>
internal abstract record PrinterFact(string StationId, string Region) : IFact
{
    public string Subject => "station/" + StationId;
}

internal enum DrainCause
{
    Person = 1,

    /// <summary>The printer's own code said so.</summary>
    Fault = 2,

    /// <summary>It spoiled several cards in a row, whatever it said.</summary>
    Failures = 3,
}

/// <summary>A printer is leased nothing more; until a moment, or until a person puts it back. The blanks are those of its hopper then.</summary>
internal sealed record PrinterDrained(
    string StationId, string Region, DrainCause Cause, PrinterFault Fault, string Reason, DateTimeOffset? Until, long Blanks) : PrinterFact(StationId, Region)
{
    public const string Kind = "printing.drained";
}

/// <summary>A drained printer was put back before its time: by a person, or since its supply is there again.</summary>
internal sealed record PrinterResumed(string StationId, string Region, bool ByPerson) : PrinterFact(StationId, Region)
{
    public const string Kind = "printing.resumed";
}

/// <summary>A station prints for a region from now on; null for its own office.</summary>
internal sealed record PrintRegionSet(string StationId, string Region, string? PrintRegion) : PrinterFact(StationId, Region)
{
    public const string Kind = "printing.region-set";
}

/// <summary>A printer's own counter is beyond what our attempts explain.</summary>
internal sealed record PicksUnexplained(string StationId, string Region, string PrinterSerial, long Picks) : PrinterFact(StationId, Region)
{
    public const string Kind = "printing.picks-unexplained";
}

/// <summary>A person said what became of unexplained cards; so many are left.</summary>
internal sealed record PicksExplained(string StationId, string Region, long Picks, string Reason, long Left) : PrinterFact(StationId, Region)
{
    public const string Kind = "printing.picks-explained";
}

/// <summary>A printer's own counter went back, as after its board was exchanged: counting starts anew.</summary>
internal sealed record CounterWentBack(string StationId, string Region, string PrinterSerial, ulong From, ulong To) : PrinterFact(StationId, Region)
{
    public const string Kind = "printing.counter-went-back";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, IgnoreReadOnlyProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PrinterDrained))]
[JsonSerializable(typeof(PrinterResumed))]
[JsonSerializable(typeof(PrintRegionSet))]
[JsonSerializable(typeof(PicksUnexplained))]
[JsonSerializable(typeof(PicksExplained))]
[JsonSerializable(typeof(CounterWentBack))]
internal sealed partial class PrinterJson : JsonSerializerContext;
