using System.Text.Json.Serialization;
using Ktp.Health.V1;
using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Health;

/// <summary>
/// A kit as its agent told it: all of its devices now, and those that were repaired or exchanged, of which nothing is
/// believed any more; and those that it has no longer.
/// </summary>
internal sealed record DevicesRegistered(
    string StationId, string Region, IReadOnlyList<DevicesRegistered.Entry> Devices, IReadOnlyList<DevicesRegistered.Entry> Renewed,
    IReadOnlyList<DevicesRegistered.Entry>? Removed = null) : IFact
{
    public const string Kind = "health.devices-registered";

    public string Subject => "station/" + StationId;

    internal sealed record Entry(DeviceKind Kind, string Serial, string Model);
}

/// <summary>We believe something else of a device, or for another reason.</summary>
internal sealed record ConditionChanged(
    string StationId, string Region, DeviceKind DeviceKind, string Serial, string Model, ConditionState State,
    IReadOnlyList<Evidence> Evidence, string Advice) : IFact
{
    public const string Kind = "health.condition-changed";

    public string Subject => $"station/{StationId}/{new DeviceKey(DeviceKind, Serial)}";
}

/// <summary>A station was retired: nothing is believed of it and its kit any more.</summary>
internal sealed record StationForgotten(string StationId, string Region) : IFact
{
    public const string Kind = "health.station-forgotten";

    public string Subject => "station/" + StationId;
}

/// <summary>
/// An office's stations fell silent together, or the country's (the empty code): the cause is not they. Repeated, with all of them,
/// when more of an office join in.
/// </summary>
internal sealed record RegionSilenced(string Region, DateTimeOffset Since, IReadOnlyList<string> StationIds) : IFact
{
    public const string Kind = "health.region-silenced";

    public string Subject => "region/" + Region;
}

/// <summary>An office is heard again; those that stay away get a new clock, and where half are back, each is judged for itself.</summary>
internal sealed record RegionHeard(string Region, IReadOnlyList<string> Away, bool AwayAlone = false) : IFact
{
    public const string Kind = "health.region-heard";

    public string Subject => "region/" + Region;
}

/// <summary>
/// Many devices of one model went bad together in one signal: a firmware, or a batch of ribbons, and not any one of them. Told again
/// when more join in, or another signal does. Devices is how many; the sentence is for people.
/// </summary>
internal sealed record ModelShifted(string Model, DeviceKind DeviceKind, Signal Signal, DateTimeOffset Since, int Devices, string Sentence) : IFact
{
    public const string Kind = "health.model-shifted";

    public string Subject => $"model/{DeviceKey.NameOf(DeviceKind)}/{Model}";

    public string Region => "";
}

/// <summary>A model's devices are as usual again, in every signal: each is judged for itself.</summary>
internal sealed record ModelRecovered(string Model, DeviceKind DeviceKind) : IFact
{
    public const string Kind = "health.model-recovered";

    public string Subject => $"model/{DeviceKey.NameOf(DeviceKind)}/{Model}";

    public string Region => "";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(DevicesRegistered))]
[JsonSerializable(typeof(ConditionChanged))]
[JsonSerializable(typeof(StationForgotten))]
[JsonSerializable(typeof(RegionSilenced))]
[JsonSerializable(typeof(RegionHeard))]
[JsonSerializable(typeof(ModelShifted))]
[JsonSerializable(typeof(ModelRecovered))]
[JsonSerializable(typeof(IReadOnlyList<Evidence>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class HealthJson : JsonSerializerContext;
