using System.Text.Json.Serialization;
using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Coverage;

/// <summary>An officer said how many citizens of a district must be recorded, and how many were without this system.</summary>
internal sealed record ObligedSet(string Region, long Obliged, long RecordedBefore, DateTimeOffset AsOf) : IFact
{
    public const string Kind = "coverage.obliged-set";

    public string Subject => "region/" + Region;
}

/// <summary>A citizen was recorded for the first time; the region is the district that did it.</summary>
/// <param name="CapturedAt">By the station's clock, as far as it can be true; null in old facts: when the packet came.</param>
/// <param name="Village">Where he lives; null where it was not told.</param>
internal sealed record CitizenRecorded(string CitizenId, string Region, DateTimeOffset? CapturedAt = null, string? Village = null) : IFact
{
    public const string Kind = "coverage.citizen-recorded";

    public string Subject => "citizen/" + CitizenId;
}

/// <summary>An officer said by which day all of a region are to be recorded; null: the region has no target of its own any more.</summary>
internal sealed record TargetSet(string Region, DateOnly? Date) : IFact
{
    public const string Kind = "coverage.target-set";

    public string Subject => "region/" + Region;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ObligedSet))]
[JsonSerializable(typeof(CitizenRecorded))]
[JsonSerializable(typeof(TargetSet))]
internal sealed partial class CoverageJson : JsonSerializerContext;
