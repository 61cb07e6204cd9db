using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Printing.V1;
using Ktp.Session.V1;
using KtpGrpc.Agent.Devices;
using KtpGrpc.Agent.Enrolment;
using KtpGrpc.Agent.Identity;
using KtpGrpc.Agent.Outbox;
using KtpGrpc.Agent.Printing;
using KtpGrpc.Agent.Session;
using Microsoft.Extensions.Logging;

namespace KtpGrpc.Agent;

/// <summary>
/// One station: its identity, its kit, what waits on its disk, and its link to the server. It does nothing by itself:
/// <see cref="RunDueAsync"/> does what is due, and its host, or a scenario, calls that again and again.
/// </summary>
internal sealed partial class StationAgent : IAsyncDisposable
{
    /// <summary>Cards a printer does in one step at the most: an hour's work, so that samples are not kept waiting.</summary>
    private const int MostCardsPerStep = 32;

    private readonly AgentOptions _options;
    private readonly Kit _kit;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DiskOutbox _outbox;
    private readonly Recording? _recording;
    private readonly Uploader _uploader;
    private readonly PrintCycle? _printing;
    private readonly byte[] _instanceId = RandomNumberGenerator.GetBytes(16);
    private readonly double _renewalChance = Random.Shared.NextDouble();
    private readonly List<Ktp.Health.V1.Device> _renewed = [];
    private StationIdentity _identity;
    private StationLink? _link;
    private BackoffState _backoff = new(0);
    private long _openedAt;
    private long _awaySince;
    private TimeSpan _stayAway;

    private StationAgent(AgentOptions options, StationIdentity identity, Kit kit, TimeProvider time, ILogger logger)
    {
        (_options, _identity, _kit, _time, _logger) = (options, identity, kit, time, logger);
        _outbox = DiskOutbox.Open(Path.Combine(options.Folder, "outbox"), new OutboxOptions { QuotaBytes = options.QuotaBytes });
        var packets = PacketStore.Open(Path.Combine(options.Folder, "packets"), _outbox);
        var notes = new OfferNotes(Path.Combine(options.Folder, "offers"));
        _uploader = new Uploader(packets, notes);
        _recording = options.CentreCertificatePath is { } centre
            ? new Recording(kit, packets, notes, X509CertificateLoader.LoadCertificateFromFile(centre))
            : null;
        _printing = kit.Printer is { } printer ? new PrintCycle(printer, new AttemptJournal(Path.Combine(options.Folder, "attempts"))) : null;
    }

    public string StationId => _identity.Station.Value;

    /// <summary>How often the server wants samples; what it asked for last, else every 5 seconds.</summary>
    public TimeSpan SampleInterval { get; private set; } = TimeSpan.FromSeconds(5);

    /// <summary>Opens the station of a folder; joins first, with the token, where the folder has no identity yet.</summary>
    public static async Task<StationAgent> OpenAsync(
        AgentOptions options, Kit kit, TimeProvider time, ILoggerFactory loggers, string? joinToken, CancellationToken cancellation)
    {
        var identity = StationIdentity.Load(options.Folder)
            ?? await Joining.JoinAsync(
                options,
                joinToken ?? throw new InvalidOperationException($"{options.Folder} holds no identity: start once with a join token."),
                time,
                cancellation);
        return new StationAgent(options, identity, kit, time, loggers.CreateLogger<StationAgent>());
    }

    /// <summary>
    /// Does what is due at <paramref name="now"/>: session, events, samples, uploads, prints, each until the server has
    /// acknowledged it.
    /// </summary>
    public async Task<StepOutcome> RunDueAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        if (_stayAway - _time.GetElapsedTime(_awaySince) is { Ticks: > 0 } wait)
        {
            return new StepOutcome.Away("The next try is not due yet.", wait);
        }

        try
        {
            await RenewWhenDueAsync(cancellation);
            var session = await ConnectAsync(now, cancellation);
            await SendEventsAsync(session, cancellation);
            await SendSamplesAsync(session, now, cancellation);
            await _uploader.UploadAsync(_link!, cancellation);
            if (_printing is not null)
            {
                await _printing.RunAsync(new PrintingService.PrintingServiceClient(_link!.Control), MostCardsPerStep, cancellation);
            }

            return new StepOutcome.Done();
        }
        catch (RpcException fault) when (!cancellation.IsCancellationRequested)
        {
            return await StayAwayAsync(fault);
        }
        catch (SessionEndedException ended)
        {
            return await StayAwayAsync(ended.End);
        }
    }

    /// <summary>Records the citizen in front of the kit; needs no server.</summary>
    public async Task<RecordOutcome> RecordAsync(Enrolment.Citizen citizen, DateTimeOffset now, CancellationToken cancellation) => _recording is null
        ? throw new InvalidOperationException("Without the centre's certificate no packet can be sealed.")
        : await _recording.RecordAsync(citizen, _identity.Certificate, _identity.Station, now, NotePartRefused, cancellation);

    /// <summary>Says with the next hello that a device was repaired or exchanged; closes the session, so that it comes soon.</summary>
    public Task DeviceRenewedAsync(Ktp.Health.V1.Device device)
    {
        _renewed.Add(device);
        return DisconnectAsync();
    }

    /// <summary>Closes everything that is open to the server, and forgets how long it was to be left alone.</summary>
    public async Task DisconnectAsync()
    {
        (_backoff, _stayAway) = (new BackoffState(0), TimeSpan.Zero);
        await CloseLinkAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseLinkAsync();
        _outbox.Dispose();
    }

    private async Task RenewWhenDueAsync(CancellationToken cancellation)
    {
        if (_time.GetUtcNow() >= Joining.RenewalDue(_identity.Certificate, _renewalChance))
        {
            _identity = await Joining.RenewAsync(_identity, _options, _time, cancellation);
            await CloseLinkAsync();
        }
    }

    private async Task<SessionClient> ConnectAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        if (_link?.Session is { } open)
        {
            return open.End is { } end ? throw new SessionEndedException(end) : open;
        }

        _link ??= new StationLink(_options, _identity, _time);
        var hello = new Hello
        {
            AgentVersion = typeof(StationAgent).Assembly.GetName().Version!.ToString(3),
            InstanceId = ByteString.CopyFrom(_instanceId),
            OutboxId = ByteString.CopyFrom(_outbox.Id.ToByteArray()),
            Devices = { _kit.All.Select(device => device.Identity) },
            RenewedDevices = { _renewed },
        };
        var session = await SessionClient.OpenAsync(_link.Control, hello, refusal => LogRefused(_logger, StationId, refusal.Sequence, refusal.Message), cancellation);
        _link.Session = session;
        _openedAt = _time.GetTimestamp();
        _renewed.Clear();
        await ApplyAsync(session, session.Welcome.Config, cancellation);
        _outbox.Acknowledge(session.EventsDurable);
        if (_printing is not null)
        {
            await _printing.ReconcileAsync(new PrintingService.PrintingServiceClient(_link.Control), cancellation);
        }

        return session;
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

    /// <summary>Events are kept until they are durable there; a window of them is on the way at once.</summary>
    private async Task SendEventsAsync(SessionClient session, CancellationToken cancellation)
    {
        while (_outbox.Read(_outbox.Acknowledged + 1, session.Welcome.Window) is { Count: > 0 } waiting)
        {
            foreach (var record in waiting)
            {
                var happened = Event.Parser.ParseFrom(record.Payload);
                happened.Position = (ulong)record.Position;
                await session.SendAsync(new ConnectRequest { Event = happened }, cancellation);
            }

            await session.WaitDurableAsync(waiting[^1].Position, cancellation);
            _outbox.Acknowledge(waiting[^1].Position);
        }
    }

    private async Task SendSamplesAsync(SessionClient session, DateTimeOffset now, CancellationToken cancellation)
    {
        var batch = new SampleBatch { Samples = { _kit.All.Select(device => device.Read(now)) } };
        var sequence = await session.SendAsync(new ConnectRequest { Samples = batch }, cancellation);
        await session.WaitSeenAsync(sequence, cancellation);
    }

    private void NotePartRefused(IDevice device, string reason) => _outbox.Append(RecordClass.Durable, new Event
    {
        OccurredAt = _time.GetUtcNow().ToTimestamp(),
        PartRefused = new PartRefused { Device = device.Identity, Reason = reason },
    }.ToByteArray());

    private async Task<StepOutcome> StayAwayAsync(RpcException fault)
    {
        // Where the session knows why it ended, that says more than the call that noticed.
        var end = _link?.Session?.End ?? new SessionEnd(fault.StatusCode, fault.Status.Detail, SessionClient.ReconnectAfter(fault));
        return await StayAwayAsync(end);
    }

    private async Task<StepOutcome> StayAwayAsync(SessionEnd end)
    {
        var lived = _link?.Session is null ? (TimeSpan?)null : _time.GetElapsedTime(_openedAt);
        BackoffEvent happened = (lived, end.ReconnectAfter) switch
        {
            (_, { } after) => new BackoffEvent.SentAway(lived ?? TimeSpan.Zero, after),
            ({ } life, null) => new BackoffEvent.Ended(life),
            _ => new BackoffEvent.Failed(),
        };
        (_backoff, _stayAway) = Backoff.Next(_backoff, happened, Random.Shared.NextDouble());
        _awaySince = _time.GetTimestamp();
        await CloseLinkAsync();
        LogAway(_logger, StationId, end.Code, end.Reason, _stayAway);
        return new StepOutcome.Away($"{end.Code}: {end.Reason}", _stayAway);
    }

    private async Task CloseLinkAsync()
    {
        if (_link is { } link)
        {
            _link = null;
            await link.DisposeAsync();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Station}: away from the server ({Code}: {Reason}); next try in {Delay}.")]
    private static partial void LogAway(ILogger logger, string station, StatusCode code, string reason, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Station}: the server refused message {Sequence}: {Reason}")]
    private static partial void LogRefused(ILogger logger, string station, ulong sequence, string reason);
}
