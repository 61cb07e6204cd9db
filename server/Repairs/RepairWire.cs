using Google.Protobuf.WellKnownTypes;

namespace KtpGrpc.Server.Repairs;

/// <summary>Repairs and parts as the wire has them.</summary>
internal static class RepairWire
{
    public static Ktp.Repairs.V1.Repair ToWire(this Repair repair, DateTimeOffset now) => new()
    {
        RepairId = repair.Id,
        State = repair.State,
        StationId = repair.Station.Value,
        RegionCode = repair.Station.Region.Value,
        Device = repair.Device.ToString(),
        IncidentId = repair.IncidentId,
        Reason = repair.Reason,
        Repeat = repair.Repeat,
        CameBack = repair.CameBack,
        Technician = repair.Technician,
        Part = repair.Part,
        PartExpected = repair.PartExpected,
        Done = repair.Done,
        ProvingSerial = repair.ProvingSerial,
        Note = repair.Note,
        OpenedBy = repair.OpenedBy,
        OpenedAt = repair.OpenedAt.ToTimestamp(),
        AssignedAt = repair.AssignedAt?.ToTimestamp(),
        PartOrderedAt = repair.PartOrderedAt?.ToTimestamp(),
        DepartedAt = repair.DepartedAt?.ToTimestamp(),
        ArrivedAt = repair.ArrivedAt?.ToTimestamp(),
        CompletedAt = repair.CompletedAt?.ToTimestamp(),
        EscalatedAt = repair.EscalatedAt?.ToTimestamp(),
        ClosedAt = repair.ClosedAt?.ToTimestamp(),
        UnprovedSince = RepairRules.UnprovedSince(repair, now)?.ToTimestamp(),
    };

    public static Ktp.Repairs.V1.Parts ToWire(this PartCount parts) =>
        new() { OfficeCode = parts.Office.Value, Kind = parts.Kind, Part = parts.Part, Count = parts.Count };
}
