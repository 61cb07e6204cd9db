using System.Text.Json.Serialization;
using Ktp.Health.V1;
using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Health;

/// <summary>A device was worked on and has to prove itself; the occasion is the order that asks for it.</summary>
internal sealed record ProbationBegun(string StationId, string Region, DeviceKind DeviceKind, string Serial, string Occasion) : IFact
{
    public const string Kind = "health.probation-begun";

    public string Subject => $"station/{StationId}/{new DeviceKey(DeviceKind, Serial)}";
}

/// <summary>A device on probation did its work so many times, and is healthy.</summary>
internal sealed record DeviceProved(string StationId, string Region, DeviceKind DeviceKind, string Serial, string Occasion, int Successes) : IFact
{
    public const string Kind = "health.device-proved";

    public string Subject => $"station/{StationId}/{new DeviceKey(DeviceKind, Serial)}";
}

/// <summary>A device on probation is failing or has failed; told once.</summary>
internal sealed record DeviceDisproved(string StationId, string Region, DeviceKind DeviceKind, string Serial, string Occasion, string Reason) : IFact
{
    public const string Kind = "health.device-disproved";

    public string Subject => $"station/{StationId}/{new DeviceKey(DeviceKind, Serial)}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ProbationBegun))]
[JsonSerializable(typeof(DeviceProved))]
[JsonSerializable(typeof(DeviceDisproved))]
internal sealed partial class ProbationJson : JsonSerializerContext;
