using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;
using Ktp.Session.V1;
using KtpGrpc.Agent.Outbox;
using Microsoft.Extensions.Logging;

namespace KtpGrpc.Agent.Session;

/// <summary>What happened at the station and must not be lost: into the outbox, and from there to the server. It holds no NIK and no name.</summary>
internal sealed partial class StationEvents(DiskOutbox outbox, ILogger logger)
{
    /// <summary>Longest reason of ktp.session.v1.</summary>
    private const int MostReason = 500;

    /// <summary>Something of a device was not taken: a record of wrong form, a report, a packet.</summary>
    public void Refused(Device device, string reason, DateTimeOffset now)
    {
        LogRefused(logger, reason);
        Keep(new Event { PartRefused = new PartRefused { Device = device, Reason = reason.Length <= MostReason ? reason : reason[..MostReason] } }, now);
    }

    public void ClockCorrected(TimeSpan offset, DateTimeOffset now) =>
        Keep(new Event { ClockCorrected = new ClockCorrected { Offset = offset.ToDuration() } }, now);

    /// <summary>Tells of records that were given up since the last time; at worst twice, after a crash in between.</summary>
    public void TellOfDrops(DateTimeOffset now)
    {
        if (outbox.UnreportedDrops is > 0 and var drops && Keep(new Event { RecordsDropped = new RecordsDropped { Count = (ulong)drops } }, now))
        {
            outbox.NoteReported(drops);
        }
    }

    private bool Keep(Event happened, DateTimeOffset now)
    {
        happened.OccurredAt = now.ToTimestamp();
        return outbox.Append(happened.ToByteArray()) is AppendOutcome.Appended;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not taken: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
