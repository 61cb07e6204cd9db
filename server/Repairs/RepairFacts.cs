using System.Text.Json.Serialization;
using Ktp.Health.V1;
using Ktp.Repairs.V1;
using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Repairs;

/// <summary>Something that happened to a repair; the region is its station's district.</summary>
internal abstract record RepairFact(string RepairId, string Region) : IFact
{
    [JsonIgnore]
    public string Subject => "repair/" + RepairId;
}

/// <summary>A repair was opened; the incident is empty where a person opened it for a device.</summary>
internal sealed record RepairOpened(
    string RepairId, string Region, string StationId, DeviceKind DeviceKind, string Serial, string IncidentId, string Reason, string By, bool Repeat) : RepairFact(RepairId, Region)
{
    public const string Kind = "repairs.opened";
}

/// <summary>It was said who does it.</summary>
internal sealed record RepairAssigned(string RepairId, string Region, string Technician) : RepairFact(RepairId, Region)
{
    public const string Kind = "repairs.assigned";
}

/// <summary>A part was ordered for it, which is expected on a day (YYYY-MM-DD).</summary>
internal sealed record PartOrdered(string RepairId, string Region, string Part, string Expected) : RepairFact(RepairId, Region)
{
    public const string Kind = "repairs.part-ordered";
}

/// <summary>The part came.</summary>
internal sealed record PartReceived(string RepairId, string Region) : RepairFact(RepairId, Region)
{
    public const string Kind = "repairs.part-received";
}

/// <summary>The technician left for the station.</summary>
internal sealed record TechnicianDeparted(string RepairId, string Region) : RepairFact(RepairId, Region)
{
    public const string Kind = "repairs.departed";
}

/// <summary>The technician is there.</summary>
internal sealed record TechnicianArrived(string RepairId, string Region) : RepairFact(RepairId, Region)
{
    public const string Kind = "repairs.arrived";
}

/// <summary>The work is done and a device has to prove itself; a part from the office's shelf is gone with it.</summary>
internal sealed record RepairCompleted(string RepairId, string Region, WorkDone Done, DeviceKind DeviceKind, string ProvingSerial, string PartUsed) : RepairFact(RepairId, Region)
{
    public const string Kind = "repairs.completed";
}

/// <summary>The device proved itself; the repair is over.</summary>
internal sealed record RepairVerified(string RepairId, string Region, int Successes) : RepairFact(RepairId, Region)
{
    public const string Kind = "repairs.verified";
}

/// <summary>The device failed when it should have proved itself.</summary>
internal sealed record RepairCameBack(string RepairId, string Region, string Reason) : RepairFact(RepairId, Region)
{
    public const string Kind = "repairs.came-back";
}

/// <summary>The centre has to help.</summary>
internal sealed record RepairEscalated(string RepairId, string Region, string Reason) : RepairFact(RepairId, Region)
{
    public const string Kind = "repairs.escalated";
}

/// <summary>It was given up.</summary>
internal sealed record RepairCancelled(string RepairId, string Region, string Reason) : RepairFact(RepairId, Region)
{
    public const string Kind = "repairs.cancelled";
}

/// <summary>Somebody counted a part on an office's shelf.</summary>
internal sealed record PartsSet(string Region, DeviceKind DeviceKind, string Part, int Count) : IFact
{
    public const string Kind = "repairs.parts-set";

    [JsonIgnore]
    public string Subject => "region/" + Region;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RepairOpened))]
[JsonSerializable(typeof(RepairAssigned))]
[JsonSerializable(typeof(PartOrdered))]
[JsonSerializable(typeof(PartReceived))]
[JsonSerializable(typeof(TechnicianDeparted))]
[JsonSerializable(typeof(TechnicianArrived))]
[JsonSerializable(typeof(RepairCompleted))]
[JsonSerializable(typeof(RepairVerified))]
[JsonSerializable(typeof(RepairCameBack))]
[JsonSerializable(typeof(RepairEscalated))]
[JsonSerializable(typeof(RepairCancelled))]
[JsonSerializable(typeof(PartsSet))]
internal sealed partial class RepairJson : JsonSerializerContext;
