using System.Text.Json.Serialization;
using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Stations;

/// <summary>Regions were added or renamed.</summary>
internal sealed record RegionsPut(string Region, IReadOnlyList<RegionsPut.Entry> Regions) : IFact
{
    public const string Kind = "stations.regions-put";

    public string Subject => "region/" + Region;

    internal sealed record Entry(string Code, string Name);
}

/// <summary>A station traded its token for a certificate.</summary>
internal sealed record StationJoined(string StationId, string Region, string Name, byte[] PublicKey, DateTimeOffset CertificateNotAfter) : IFact
{
    public const string Kind = "stations.joined";

    public string Subject => "station/" + StationId;
}

/// <summary>A station's certificate was renewed for the same key.</summary>
internal sealed record CertificateRenewed(string StationId, string Region, DateTimeOffset CertificateNotAfter) : IFact
{
    public const string Kind = "stations.certificate-renewed";

    public string Subject => "station/" + StationId;
}

/// <summary>A station was quarantined, let in again or retired.</summary>
internal sealed record StandingChanged(string StationId, string Region, StationStanding Standing, string Reason) : IFact
{
    public const string Kind = "stations.standing-changed";

    public string Subject => "station/" + StationId;
}

/// <summary>A station is worked on until a moment; null when that ended.</summary>
internal sealed record MaintenanceSet(string StationId, string Region, DateTimeOffset? Until) : IFact
{
    public const string Kind = "stations.maintenance-set";

    public string Subject => "station/" + StationId;
}

/// <summary>A region and all below it is worked on until a moment; null when that ended.</summary>
internal sealed record RegionMaintenanceSet(string Region, DateTimeOffset? Until) : IFact
{
    public const string Kind = "stations.region-maintenance-set";

    public string Subject => "region/" + Region;
}

/// <summary>An agent with a station's certificate was refused, since another one of that station was alive.</summary>
internal sealed record StationCloneRefused(string StationId, string Region) : IFact
{
    public const string Kind = "stations.clone-refused";

    public string Subject => "station/" + StationId;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RegionsPut))]
[JsonSerializable(typeof(StationJoined))]
[JsonSerializable(typeof(CertificateRenewed))]
[JsonSerializable(typeof(StandingChanged))]
[JsonSerializable(typeof(MaintenanceSet))]
[JsonSerializable(typeof(RegionMaintenanceSet))]
[JsonSerializable(typeof(StationCloneRefused))]
internal sealed partial class StationJson : JsonSerializerContext;
