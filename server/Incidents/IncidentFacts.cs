using System.Text.Json.Serialization;
using Ktp.Incidents.V1;
using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Incidents;

/// <summary>Something went wrong.</summary>
internal sealed record IncidentOpened(
    string IncidentId, string Cause, IncidentKind IncidentKind, IncidentSeverity Severity, string Region, string StationId, string Device, string Summary) : IFact
{
    public const string Kind = "incidents.opened";

    public string Subject => "incident/" + IncidentId;
}

/// <summary>What was closed a short while ago is wrong again: the same incident.</summary>
internal sealed record IncidentReopened(string IncidentId, string Region, IncidentKind IncidentKind, IncidentSeverity Severity, string Summary) : IFact
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

/// <summary>A person has seen it.</summary>
internal sealed record IncidentAcknowledged(string IncidentId, string Region, string By) : IFact
{
    public const string Kind = "incidents.acknowledged";

    public string Subject => "incident/" + IncidentId;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IncidentOpened))]
[JsonSerializable(typeof(IncidentReopened))]
[JsonSerializable(typeof(IncidentEscalated))]
[JsonSerializable(typeof(IncidentWidened))]
[JsonSerializable(typeof(IncidentClosed))]
[JsonSerializable(typeof(IncidentAcknowledged))]
internal sealed partial class IncidentJson : JsonSerializerContext;
