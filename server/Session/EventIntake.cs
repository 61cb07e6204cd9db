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
    public Task<long> DurableAsync(StationId id, string outbox, CancellationToken cancellation) =>
        database.ReadAsync(tx => StationEventTaken.DurableAsync(tx, id.Value, outbox), cancellation);

    /// <summary>Gives the position up to which the station's events are durable now; an event that was taken before changes nothing.</summary>
    public Task<long> TakeAsync(StationId id, string outbox, Event taken, CancellationToken cancellation)
    {
        var position = Require.Within((long)Math.Min(taken.Position, long.MaxValue), "position", 1, long.MaxValue);
        var occurredAt = Require.Moment(taken.OccurredAt, "occurred_at");
        var (what, details) = Describe(taken);
        return database.WriteAsync(async tx =>
        {
            // One session per station: nobody else writes its position.
            var durable = await StationEventTaken.DurableAsync(tx, id.Value, outbox);
            if (position <= durable)
            {
                return durable;
            }

            await journal.AcceptAsync(tx, clock.Now, "station:" + id, new StationEventTaken(id.Value, id.Region.Value, outbox, position, occurredAt, what, details));
            return position;
        }, cancellation);
    }

    private static (string What, string Details) Describe(Event taken) => taken.BodyCase switch
    {
        Event.BodyOneofCase.RecordsDropped => ("records-dropped", $"{taken.RecordsDropped.Count} records"),
        Event.BodyOneofCase.PartRefused => ("part-refused", Require.Text(taken.PartRefused.Reason, "reason", 500)),
        Event.BodyOneofCase.ClockCorrected => ("clock-corrected", $"{taken.ClockCorrected.Offset?.Seconds ?? 0} s"),
        _ => throw Refuse.Invalid("The event has no body that this server knows."),
    };
}
