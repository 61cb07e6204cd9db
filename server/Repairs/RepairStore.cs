using Ktp.Health.V1;
using Ktp.Repairs.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Repairs;

/// <summary>The SQL of repairs; what changes them are facts.</summary>
internal static class RepairStore
{
    private const string Columns =
        "repair_id, station_id, kind, serial, incident_id, reason, opened_by, repeat, opened_at, state, technician, part, part_expected, done, proving_serial, came_back, note, unassigned_since, assigned_at, part_ordered_at, departed_at, arrived_at, completed_at, escalated_at, closed_at, changed_at";

    public static void AddTo(FactCatalog catalog)
    {
        catalog.AddTables("repairs", "repair_totals");
        catalog.Add(RepairOpened.Kind, RepairJson.Default.RepairOpened, ApplyAsync);
        catalog.Add(RepairAssigned.Kind, RepairJson.Default.RepairAssigned, ApplyAsync);
        catalog.Add(PartOrdered.Kind, RepairJson.Default.PartOrdered, ApplyAsync);
        catalog.Add(PartReceived.Kind, RepairJson.Default.PartReceived, ApplyAsync);
        catalog.Add(TechnicianDeparted.Kind, RepairJson.Default.TechnicianDeparted, ApplyAsync);
        catalog.Add(TechnicianArrived.Kind, RepairJson.Default.TechnicianArrived, ApplyAsync);
        catalog.Add(RepairCompleted.Kind, RepairJson.Default.RepairCompleted, ApplyAsync);
        catalog.Add(RepairVerified.Kind, RepairJson.Default.RepairVerified, ApplyAsync);
        catalog.Add(RepairCameBack.Kind, RepairJson.Default.RepairCameBack, ApplyAsync);
        catalog.Add(RepairEscalated.Kind, RepairJson.Default.RepairEscalated, ApplyAsync);
        catalog.Add(RepairCancelled.Kind, RepairJson.Default.RepairCancelled, ApplyAsync);
    }

    public static ValueTask<Repair?> FindAsync(Tx tx, string id) => tx.FirstAsync($"SELECT {Columns} FROM repairs WHERE repair_id = $1", Read, id);

    public static ValueTask<Repair?> LockAsync(Tx tx, string id) => tx.FirstAsync($"SELECT {Columns} FROM repairs WHERE repair_id = $1 {tx.Dialect.ForUpdate}", Read, id);

    /// <summary>The repair of a device that is not over; also of one that has to prove itself in its place.</summary>
    public static ValueTask<Repair?> OpenOfAsync(Tx tx, StationId station, DeviceKey device) => tx.FirstAsync(
        $"SELECT {Columns} FROM repairs WHERE station_id = $1 AND kind = $2 AND (serial = $3 OR proving_serial = $3) AND closed_at IS NULL", Read, station.Value, device.Kind, device.Serial);

    /// <summary>The last verified repair of the same kind at the station, or of the same device wherever it stood.</summary>
    public static ValueTask<Repair?> LastVerifiedAsync(Tx tx, StationId station, DeviceKey device) => tx.FirstAsync(
        $"SELECT {Columns} FROM repairs WHERE state = $1 AND kind = $2 AND (station_id = $3 OR serial = $4) ORDER BY closed_at DESC, repair_id DESC LIMIT 1",
        Read, RepairState.Verified, device.Kind, station.Value, device.Serial);

    /// <summary>Repairs of a region and below, oldest first: an id begins with the moment it was made.</summary>
    public static ValueTask<List<Repair>> ListAsync(Tx tx, RegionCode below, bool openOnly, string after, int limit) => tx.ListAsync(
        $"SELECT {Columns} FROM repairs WHERE station_id >= $1 AND station_id < $2 AND repair_id > $3 {(openOnly ? "AND closed_at IS NULL" : "")} ORDER BY repair_id LIMIT $4",
        Read, below.Range.From, below.Range.To, after, limit);

    public static ValueTask<List<string>> OpenOfStationAsync(Tx tx, string station) => tx.ListAsync(
        "SELECT repair_id FROM repairs WHERE station_id = $1 AND closed_at IS NULL ORDER BY repair_id", row => row.GetString(0), station);

    /// <summary>Those that may have to be escalated; whether they must, a rule says.</summary>
    public static ValueTask<List<string>> OldAsync(Tx tx, DateTimeOffset openedBefore) => tx.ListAsync(
        "SELECT repair_id FROM repairs WHERE closed_at IS NULL AND escalated_at IS NULL AND opened_at <= $1 ORDER BY repair_id", row => row.GetString(0), openedBefore);

    public static ValueTask<List<OpenCount>> CountOpenAsync(Tx tx) => tx.ListAsync(
        "SELECT substr(station_id, 1, 2), state, COUNT(*), MIN(opened_at) FROM repairs WHERE closed_at IS NULL GROUP BY 1, 2 ORDER BY 1, 2",
        row => new OpenCount(row.GetString(0), (RepairState)row.GetInt64(1), row.GetInt64(2), row.GetMoment(3)));

    public static ValueTask<List<RepairTotals>> TotalsAsync(Tx tx) => tx.ListAsync(
        "SELECT province, verified, milliseconds, repeats FROM repair_totals ORDER BY province",
        row => new RepairTotals(row.GetString(0), row.GetInt64(1), TimeSpan.FromMilliseconds(row.GetInt64(2)), row.GetInt64(3)));

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, RepairFact fact)
    {
        var before = await FindAsync(tx, fact.RepairId);
        var after = (before, fact) switch
        {
            (null, RepairOpened opened) => RepairFold.Open(opened, at),
            (null, _) => throw new InvalidDataException($"Repair {fact.RepairId} was never opened."),
            _ => RepairFold.Apply(before, fact, at),
        };
        if (before is null)
        {
            await tx.ExecuteAsync(
                $"INSERT INTO repairs ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)",
                [after.Id, after.Station.Value, after.Device.Kind, after.Device.Serial, after.IncidentId, after.Reason, after.OpenedBy, after.Repeat ? 1 : 0, after.OpenedAt, .. Changing(after)]);
        }
        else
        {
            await tx.ExecuteAsync(
                "UPDATE repairs SET state = $2, technician = $3, part = $4, part_expected = $5, done = $6, proving_serial = $7, came_back = $8, note = $9, unassigned_since = $10, assigned_at = $11, part_ordered_at = $12, departed_at = $13, arrived_at = $14, completed_at = $15, escalated_at = $16, closed_at = $17, changed_at = $18 WHERE repair_id = $1",
                [after.Id, .. Changing(after)]);
        }

        await CountAsync(tx, after, fact);
        if (fact is RepairCompleted { PartUsed.Length: > 0 } completed)
        {
            await PartStore.TakeAsync(tx, after.Station.Region.Office, completed.DeviceKind, completed.PartUsed);
        }
    }

    /// <summary>The figures that a restart must not forget, and that no look through all repairs ever made should cost.</summary>
    private static async ValueTask CountAsync(Tx tx, Repair repair, RepairFact fact)
    {
        var verified = fact is RepairVerified ? 1 : 0;
        var repeats = fact is RepairOpened { Repeat: true } or RepairCameBack ? 1 : 0;
        if (verified + repeats > 0)
        {
            await tx.ExecuteAsync(
                "INSERT INTO repair_totals (province, verified, milliseconds, repeats) VALUES ($1, $2, $3, $4) ON CONFLICT (province) DO UPDATE SET verified = repair_totals.verified + excluded.verified, milliseconds = repair_totals.milliseconds + excluded.milliseconds, repeats = repair_totals.repeats + excluded.repeats",
                repair.Station.Region.Value[..2], verified, verified * (long)(repair.ChangedAt - repair.OpenedAt).TotalMilliseconds, repeats);
        }
    }

    private static object?[] Changing(Repair repair) =>
    [
        repair.State, repair.Technician, repair.Part, repair.PartExpected, repair.Done, repair.ProvingSerial, repair.CameBack, repair.Note, repair.UnassignedSince,
        repair.AssignedAt, repair.PartOrderedAt, repair.DepartedAt, repair.ArrivedAt, repair.CompletedAt, repair.EscalatedAt, repair.ClosedAt, repair.ChangedAt,
    ];

    private static Repair Read(Row row) => new(
        row.GetString(0), StationId.Trusted(row.GetString(1)), new DeviceKey((DeviceKind)row.GetInt64(2), row.GetString(3)), row.GetString(4), row.GetString(5), row.GetString(6),
        row.GetInt64(7) != 0, row.GetMoment(8))
    {
        State = (RepairState)row.GetInt64(9),
        Technician = row.GetString(10),
        Part = row.GetString(11),
        PartExpected = row.GetString(12),
        Done = (WorkDone)row.GetInt64(13),
        ProvingSerial = row.GetString(14),
        CameBack = (int)row.GetInt64(15),
        Note = row.GetString(16),
        UnassignedSince = row.GetMomentOrNull(17),
        AssignedAt = row.GetMomentOrNull(18),
        PartOrderedAt = row.GetMomentOrNull(19),
        DepartedAt = row.GetMomentOrNull(20),
        ArrivedAt = row.GetMomentOrNull(21),
        CompletedAt = row.GetMomentOrNull(22),
        EscalatedAt = row.GetMomentOrNull(23),
        ClosedAt = row.GetMomentOrNull(24),
        ChangedAt = row.GetMoment(25),
    };
}

/// <summary>Repairs of a province that are in one state, and when the oldest was opened.</summary>
internal sealed record OpenCount(string Province, RepairState State, long Count, DateTimeOffset Oldest);

/// <summary>What became of a province's repairs, since ever.</summary>
internal sealed record RepairTotals(string Province, long Verified, TimeSpan ToRepair, long Repeats);
