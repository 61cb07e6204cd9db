using System.Text.Json.Serialization;
using Ktp.Incidents.V1;
using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Incidents;

/// <summary>Something went wrong.</summary>
internal sealed record IncidentOpened(
    string IncidentId, string Cause, IncidentKind IncidentKind, IncidentSeverity Severity, string Region, string StationId, string Device, string Summary,
    bool Flapping = false) : IFact
{
    public const string Kind = "incidents.opened";

    public string Subject => "incident/" + IncidentId;
}

/// <summary>What was closed a short while ago is wrong again: the same incident.</summary>
internal sealed record IncidentReopened(
    string IncidentId, string Region, IncidentKind IncidentKind, IncidentSeverity Severity, string Summary, bool Flapping = false) : IFact
{
    public const string Kind = "incidents.reopened";

    public string Subject => "incident/" + IncidentId;
}

/// <summary>An open incident became graver.</summary>
internal sealed record IncidentEscalated(string IncidentId, string Region, IncidentKind IncidentKind, IncidentSeverity Severity, string Summary) : IFact
{
    public const string Kind = "incidents.escalated";

    public string Subject => "incident/" + IncidentId;
}

/// <summary>An open incident is wider than was told; who has seen it has seen it.</summary>
internal sealed record IncidentWidened(string IncidentId, string Region, string Summary) : IFact
{
    public const string Kind = "incidents.widened";

    public string Subject => "incident/" + IncidentId;
}

/// <summary>It is over, or another incident says it better.</summary>
internal sealed record IncidentClosed(string IncidentId, string Region, string Reason) : IFact
{
    public const string Kind = "incidents.closed";

    public string Subject => "incident/" + IncidentId;
}

/// <summary>A person has seen it and sees to it until a moment; for a week, where he said none.</summary>
internal sealed record IncidentAcknowledged(string IncidentId, string Region, string By, DateTimeOffset? Until = null) : IFact
{
    public const string Kind = "incidents.acknowledged";

    public string Subject => "incident/" + IncidentId;
}

/// <summary>Whoever saw it did not end it in the time that he took: it asks again.</summary>
internal sealed record AcknowledgementExpired(string IncidentId, string Region) : IFact
{
    public const string Kind = "incidents.acknowledgement-expired";

    public string Subject => "incident/" + IncidentId;
}

/// <summary>A person silenced it until a moment, or ended that (null).</summary>
internal sealed record IncidentSilenced(string IncidentId, string Region, DateTimeOffset? Until, string Reason, string By) : IFact
{
    public const string Kind = "incidents.silenced";

    public string Subject => "incident/" + IncidentId;
}

/// <summary>Another open incident explains it (By, its id), or its station or region is worked on: nobody is told of it now.</summary>
internal sealed record IncidentSuppressed(string IncidentId, string Region, string By, bool InMaintenance) : IFact
{
    public const string Kind = "incidents.suppressed";

    public string Subject => "incident/" + IncidentId;
}

/// <summary>What explained it is over, and it is still wrong.</summary>
internal sealed record IncidentSurfaced(string IncidentId, string Region) : IFact
{
    public const string Kind = "incidents.surfaced";

    public string Subject => "incident/" + IncidentId;
}

/// <summary>It comes and goes so fast that it stays open from now on until it was quiet for a while.</summary>
internal sealed record IncidentFlapped(string IncidentId, string Region) : IFact
{
    public const string Kind = "incidents.flapped";

    public string Subject => "incident/" + IncidentId;
}

/// <summary>It flapped, and was wrong all the while of late: it is what it says.</summary>
internal sealed record IncidentSteadied(string IncidentId, string Region) : IFact
{
    public const string Kind = "incidents.steadied";

    public string Subject => "incident/" + IncidentId;
}

/// <summary>Nobody acknowledged it in time: the level above is asked, since the moment at which the time was over.</summary>
internal sealed record IncidentRaised(string IncidentId, string Region, IncidentLevel Level, DateTimeOffset Since) : IFact
{
    public const string Kind = "incidents.raised";

    public string Subject => "incident/" + IncidentId;
}

/// <summary>
/// A person is told: it opened, came back, got graver, asks again or asks the level above. Whoever sends messages sends one for each of these
/// facts and for nothing else; there are at most two of a cause within an hour.
/// </summary>
internal sealed record IncidentNoticed(
    string IncidentId, string Region, IncidentKind IncidentKind, IncidentSeverity Severity, IncidentLevel Level, bool Flapping, string Summary) : IFact
{
    public const string Kind = "incidents.noticed";

    public string Subject => "incident/" + IncidentId;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IncidentOpened))]
[JsonSerializable(typeof(IncidentReopened))]
[JsonSerializable(typeof(IncidentEscalated))]
[JsonSerializable(typeof(IncidentWidened))]
[JsonSerializable(typeof(IncidentClosed))]
[JsonSerializable(typeof(IncidentAcknowledged))]
[JsonSerializable(typeof(AcknowledgementExpired))]
[JsonSerializable(typeof(IncidentSilenced))]
[JsonSerializable(typeof(IncidentSuppressed))]
[JsonSerializable(typeof(IncidentSurfaced))]
[JsonSerializable(typeof(IncidentFlapped))]
[JsonSerializable(typeof(IncidentSteadied))]
[JsonSerializable(typeof(IncidentRaised))]
[JsonSerializable(typeof(IncidentNoticed))]
internal sealed partial class IncidentJson : JsonSerializerContext;
