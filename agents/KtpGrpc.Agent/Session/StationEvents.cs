using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;
using Ktp.Session.V1;
using KtpGrpc.Agent.Enrolment;
using KtpGrpc.Agent.Outbox;
using Microsoft.Extensions.Logging;

namespace KtpGrpc.Agent.Session;

/// <summary>What happened at the station and must not be lost: into the outbox, and from there to the server. It holds no NIK and no name.</summary>
internal sealed partial class StationEvents(DiskOutbox outbox, ILogger logger)
{
    /// <summary>Longest reason of ktp.session.v1.</summary>
    private const int MostReason = 500;

    /// <summary>A device returned a record of wrong form.</summary>
    public void PartRefused(Device device, string reason, DateTimeOffset now)
    {
        LogPartRefused(logger, reason);
        Keep(new Event { PartRefused = new PartRefused { Device = device, Reason = Cut(reason) } }, now);
    }

    public void PacketSetAside(PacketId packet, string reason, DateTimeOffset now)
    {
        LogSetAside(logger, packet, reason);
        Keep(new Event { PacketSetAside = new PacketSetAside { PacketId = packet.ToString(), Reason = Cut(reason) } }, now);
    }

    /// <summary>The server will never take the report of an attempt.</summary>
    public void ReportRefused(Device printer, string jobId, long epoch, string reason, DateTimeOffset now)
    {
        LogReportRefused(logger, jobId, epoch, reason);
        Keep(new Event { ReportRefused = new ReportRefused { Printer = printer, JobId = jobId, Epoch = epoch, Reason = Cut(reason) } }, now);
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

    private static string Cut(string reason) => reason.Length <= MostReason ? reason : reason[..MostReason];

    [LoggerMessage(Level = LogLevel.Warning, Message = "A record was not taken: {Reason}")]
    private static partial void LogPartRefused(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Packet {Packet} was moved aside: {Reason}")]
    private static partial void LogSetAside(ILogger logger, PacketId packet, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The report of job {Job}, epoch {Epoch}, was refused: {Reason}")]
    private static partial void LogReportRefused(ILogger logger, string job, long epoch, string reason);
}
