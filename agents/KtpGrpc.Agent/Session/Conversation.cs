using System.Security.Cryptography;
using Google.Protobuf;
using Ktp.Health.V1;
using Ktp.Session.V1;
using KtpGrpc.Agent.Devices;
using KtpGrpc.Agent.Enrolment;
using KtpGrpc.Agent.Identity;
using KtpGrpc.Agent.Outbox;
using Microsoft.Extensions.Logging;

namespace KtpGrpc.Agent.Session;

/// <summary>
/// What the station says in its session: hello with its kit, the latest sample of each device, the events that wait. It
/// opens the link when there is none; whoever gets a fault from it closes the link.
/// </summary>
internal sealed partial class Conversation(
    AgentOptions options, Kit kit, DiskOutbox outbox, PacketStore packets, StationEvents events, StationClock clock, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly byte[] _instanceId = RandomNumberGenerator.GetBytes(16);
    private readonly List<Device> _renewed = [];
    private volatile StationLink? _link;
    private long _openedAt;

    /// <summary>Null while no session is open.</summary>
    public StationLink? Link => _link is { Session.End: null } link ? link : null;

    /// <summary>How long the present session has been open.</summary>
    public TimeSpan? Lived => _link?.Session is null ? null : time.GetElapsedTime(_openedAt);

    /// <summary>How often the server wants samples; what it asked for last, else every 5 seconds.</summary>
    public TimeSpan SampleInterval { get; private set; } = TimeSpan.FromSeconds(5);

    /// <summary>The next hello says that this device was repaired or exchanged.</summary>
    public void NoteRenewed(Device device) => _renewed.Add(device);

    /// <param name="now">The scenario's moment; null for the station's own clock, which the welcome sets right.</param>
    public async Task TalkAsync(StationIdentity identity, DateTimeOffset? now, CancellationToken cancellation)
    {
        var session = await ConnectAsync(identity, now, cancellation);

        // Samples first: a backlog of events, or a disk that cannot be read, must not make the station seem dead.
        var at = now ?? clock.Now;
        var batch = new SampleBatch { Samples = { kit.All.Select(device => device.Read(at)) }, Waiting = WaitingPacket.Told(packets.Waiting, at) };
        var sequence = await session.SendAsync(new ConnectRequest { Samples = batch }, cancellation);
        await session.WaitSeenAsync(sequence, cancellation);
        events.TellOfDrops(now ?? clock.Now);
        await SendEventsAsync(session, cancellation);
    }

    public async Task CloseAsync()
    {
        if (_link is { } link)
        {
            _link = null;
            await link.DisposeAsync();
        }
    }

    /// <summary>The station is switched off, and says so where it can.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_link?.Session is { } session)
        {
            await session.LeaveAsync();
        }

        await CloseAsync();
    }

    private async Task<SessionClient> ConnectAsync(StationIdentity identity, DateTimeOffset? now, CancellationToken cancellation)
    {
        if (_link?.Session is { } open)
        {
            return open.End is { } end ? throw new SessionEndedException(end) : open;
        }

        var session = await OpenAsync(identity, cancellation);
        if (!outbox.Agree(session.EventsDurable))
        {
            // It keeps events that this outbox never had, so this disk is older than the server's memory of it. Under the old
            // id the next positions would be taken for events that were told already.
            LogOtherOutbox(logger, session.EventsDurable, outbox.LastPosition);
            outbox.BeginAnew();
            await CloseAsync();
            session = await OpenAsync(identity, cancellation);
        }

        _renewed.Clear();
        if (now is null && clock.Measure(session.Welcome.ServerTime.ToDateTimeOffset()) is { } offset)
        {
            LogClock(logger, offset);
            events.ClockCorrected(offset, clock.Now);
        }

        await ApplyAsync(session, session.Welcome.Config, cancellation);
        return session;
    }

    private async Task<SessionClient> OpenAsync(StationIdentity identity, CancellationToken cancellation)
    {
        var link = _link ??= new StationLink(options, identity, time);
        var hello = new Hello
        {
            AgentVersion = typeof(StationAgent).Assembly.GetName().Version!.ToString(3),
            InstanceId = ByteString.CopyFrom(_instanceId),
            OutboxId = ByteString.CopyFrom(outbox.Id.ToByteArray()),
            Devices = { kit.All.Select(device => device.Identity) },
            RenewedDevices = { _renewed },
        };
        link.Session = await SessionClient.OpenAsync(
            link.Calls, hello, refusal => LogRefused(logger, refusal.Sequence, refusal.Message), time, cancellation);
        _openedAt = time.GetTimestamp();
        return link.Session;
    }

    /// <summary>Takes a config over, or keeps the last good one and says why.</summary>
    private async Task ApplyAsync(SessionClient session, Config config, CancellationToken cancellation)
    {
        var interval = config.SampleInterval?.ToTimeSpan() ?? TimeSpan.Zero;
        var error = interval < TimeSpan.FromSeconds(1) || interval > TimeSpan.FromHours(1) ? "sample_interval must be 1 second to 1 hour." : "";
        if (error.Length == 0)
        {
            SampleInterval = interval;
        }

        await session.SendAsync(new ConnectRequest { ConfigResult = new ConfigResult { Version = config.Version, Error = error } }, cancellation);
    }

    /// <summary>Events are kept until they are durable there, or refused; a window of them is on the way at once.</summary>
    private async Task SendEventsAsync(SessionClient session, CancellationToken cancellation)
    {
        while (outbox.Read(outbox.Acknowledged + 1, session.Welcome.Window) is { Count: > 0 } waiting)
        {
            session.TakeRefusals();
            ulong last = 0;
            foreach (var record in waiting)
            {
                var happened = Event.Parser.ParseFrom(record.Payload);
                happened.Position = (ulong)record.Position;
                last = await session.SendAsync(new ConnectRequest { Event = happened }, cancellation);
            }

            await session.WaitSettledAsync(last, waiting[^1].Position, cancellation);
            if (session.TakeRefusals() is > 0 and var refused)
            {
                outbox.GiveUp(refused);
            }

            outbox.Acknowledge(waiting[^1].Position);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The server refused message {Sequence}: {Reason}")]
    private static partial void LogRefused(ILogger logger, ulong sequence, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The server keeps events up to {Durable}, this outbox has given {Last}: the disk was restored, and the outbox begins anew.")]
    private static partial void LogOtherOutbox(ILogger logger, long durable, long last);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The kiosk's clock is {Offset} behind the server's; what is told is corrected by it.")]
    private static partial void LogClock(ILogger logger, TimeSpan offset);
}
