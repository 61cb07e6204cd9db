using Grpc.Core;
using Ktp.Session.V1;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Session;

/// <summary>Takes what happened at a station, each event once, durable before it is acknowledged.</summary>
internal sealed class EventIntake(Database database, JournalWriter journal, DomainClock clock)
{
    /// <summary>Characters of a free text that are kept.</summary>
    private const int MostReason = 500;

    public Task<long> DurableAsync(StationId id, string outbox, CancellationToken cancellation) =>
        database.ReadAsync(tx => StationEventTaken.DurableAsync(tx, id.Value, outbox), cancellation);

    /// <summary>
    /// Gives the position up to which the station's events are durable now; an event that was taken before changes nothing. One
    /// that this server does not understand is taken as it is told: refused, it would stand in the way of all behind it.
    /// </summary>
    public Task<long> TakeAsync(StationId id, string outbox, Event taken, CancellationToken cancellation)
    {
        var position = Require.Within((long)Math.Min(taken.Position, long.MaxValue), "position", 1, long.MaxValue);
        var now = clock.Now;
        var occurredAt = OccurredAt(taken, now);
        var (what, details) = Describe(taken);
        return database.WriteAsync(async tx =>
        {
            // Two sessions may tell the same, while one takes over from the other, here or on another server.
            await StationStore.LockAsync(tx, id);
            var durable = await StationEventTaken.DurableAsync(tx, id.Value, outbox);
            if (position <= durable)
            {
                return durable;
            }

            await journal.AcceptAsync(tx, now, "station:" + id, new StationEventTaken(id.Value, id.Region.Value, outbox, position, occurredAt, what, details));
            return position;
        }, cancellation);
    }

    private static DateTimeOffset OccurredAt(Event taken, DateTimeOffset now)
    {
        try
        {
            return Require.Moment(taken.OccurredAt, "occurred_at");
        }
        catch (RpcException)
        {
            return now;
        }
    }

    private static (string What, string Details) Describe(Event taken) => taken.BodyCase switch
    {
        Event.BodyOneofCase.RecordsDropped => ("records-dropped", $"{taken.RecordsDropped.Count} records"),
        Event.BodyOneofCase.PartRefused => ("part-refused", Require.Told(taken.PartRefused.Reason, MostReason)),
        Event.BodyOneofCase.PacketSetAside => ("packet-set-aside", $"packet {Id(taken.PacketSetAside.PacketId)}: {Require.Told(taken.PacketSetAside.Reason, MostReason)}"),
        Event.BodyOneofCase.ReportRefused => (
            "report-refused", $"job {Id(taken.ReportRefused.JobId)}, epoch {taken.ReportRefused.Epoch}: {Require.Told(taken.ReportRefused.Reason, MostReason)}"),
        Event.BodyOneofCase.ClockCorrected => ("clock-corrected", $"{taken.ClockCorrected.Offset?.Seconds ?? 0} s"),
        _ => ("unknown", ""),
    };

    /// <summary>Packets and jobs are named by UUIDs, whose digits are no NIK; anything else in their place is not kept.</summary>
    private static string Id(string text) => Guid.TryParse(text, out var id) && id.Version == 7 ? text : "…";
}
