using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Ktp.Health.V1;
using Ktp.Printing.V1;
using KtpGrpc.Agent.Devices;
using KtpGrpc.Agent.Enrolment;
using KtpGrpc.Agent.Identity;
using KtpGrpc.Agent.Outbox;
using KtpGrpc.Agent.Printing;
using KtpGrpc.Agent.Session;
using Microsoft.Extensions.Logging;

namespace KtpGrpc.Agent;

/// <summary>
/// One station: its identity, its kit, what waits on its disk, and its link to the server. It does nothing by itself. Its
/// host calls <see cref="TalkAsync"/>, <see cref="UploadAsync"/> and <see cref="PrintAsync"/> again and again, beside each
/// other and each by one caller; a scenario calls <see cref="RunDueAsync"/>, which does one after the other.
/// </summary>
internal sealed class StationAgent : IAsyncDisposable
{
    private readonly AgentOptions _options;
    private readonly TimeProvider _time;
    private readonly StationClock _clock;
    private readonly DiskOutbox _outbox;
    private readonly StationEvents _events;
    private readonly Conversation _conversation;
    private readonly Renewal _renewal;
    private readonly Recording? _recording;
    private readonly Uploader _uploader;
    private readonly PrintCycle? _printing;
    private readonly Lane _talk;
    private readonly Lane _uploads;
    private readonly Lane _prints;
    private volatile StationIdentity _identity;
    private UploadLink? _uploadLink;
    private SessionClient? _reconciled;

    private StationAgent(AgentOptions options, StationIdentity identity, Kit kit, TimeProvider time, ILogger logger)
    {
        (_options, _identity, _time) = (options, identity, time);
        _clock = new StationClock(time);
        _outbox = DiskOutbox.Open(Path.Combine(options.Folder, "outbox"), new OutboxOptions { QuotaBytes = options.QuotaBytes });
        _events = new StationEvents(_outbox, logger);
        var packets = PacketStore.Open(Path.Combine(options.Folder, "packets"), _outbox);
        _conversation = new Conversation(options, kit, _outbox, packets, _events, _clock, time, logger);
        _renewal = new Renewal(options, time, logger);
        var notes = new OfferNotes(Path.Combine(options.Folder, "offers"));
        notes.KeepOnly(packets.Kept);
        _uploader = new Uploader(packets, notes);
        _recording = options.CentreCertificatePath is { } centre
            ? new Recording(kit, packets, notes, CentreOf(centre), time)
            : null;
        _printing = kit.Printer is { } printer ? new PrintCycle(printer, new AttemptJournal(Path.Combine(options.Folder, "attempts"))) : null;
        (_talk, _uploads, _prints) = (Lane("session"), Lane("uploads"), Lane("printing"));
        Lane Lane(string work) => new($"{identity.Station}: {work}", time, logger);
    }

    public string StationId => _identity.Station.Value;

    /// <summary>What time it is, as the server told it last.</summary>
    public DateTimeOffset Now => _clock.Now;

    public TimeSpan SampleInterval => _conversation.SampleInterval;

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

    /// <summary>Does all that is due at a moment of a scenario, each until the server has acknowledged it; tells the first that is not.</summary>
    public async Task<StepOutcome> RunDueAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var talked = await TalkAsync(now, cancellation);
        if (talked is StepOutcome.Away)
        {
            return talked;
        }

        var uploaded = await UploadAsync(now, cancellation);
        var printed = await PrintAsync(now, cancellation);
        return (uploaded, printed) switch
        {
            (StepOutcome.Away, _) => uploaded,
            (_, StepOutcome.Away) => printed,

            // It ended meanwhile, and uploads or prints may have been left out for it.
            _ => _conversation.Link is null ? new StepOutcome.Away(StatusCode.Unavailable, "The session ended.", TimeSpan.Zero) : printed,
        };
    }

    /// <summary>The session: its certificate, events, one sample of each device. Its fault alone closes the link.</summary>
    public Task<StepOutcome> TalkAsync(CancellationToken cancellation) => TalkAsync(null, cancellation);

    /// <summary>The packets that wait, while a session is open.</summary>
    public Task<StepOutcome> UploadAsync(CancellationToken cancellation) => UploadAsync(Now, cancellation);

    /// <summary>The cards that are owed, while a session is open.</summary>
    public Task<StepOutcome> PrintAsync(CancellationToken cancellation) => PrintAsync(Now, cancellation);

    /// <summary>Records the citizen in front of the kit; needs no server.</summary>
    public async Task<RecordOutcome> RecordAsync(Enrolment.Citizen citizen, DateTimeOffset now, CancellationToken cancellation) => _recording is null
        ? throw new InvalidOperationException("Without the centre's certificate no packet can be sealed.")
        : await _recording.RecordAsync(
            citizen, _identity.Certificate, _identity.Station, now, (device, reason) => _events.PartRefused(device.Identity, reason, now), cancellation);

    /// <summary>Says with the next hello that a device was repaired or exchanged; closes the session, so that it comes soon.</summary>
    public Task DeviceRenewedAsync(Device device)
    {
        _conversation.NoteRenewed(device);
        return DisconnectAsync();
    }

    /// <summary>Closes everything that is open to the server, and forgets how long it was to be left alone.</summary>
    public async Task DisconnectAsync()
    {
        ForgetWaits();
        CloseUploads();
        await _conversation.CloseAsync();
    }

    /// <summary>Whatever waits for its next try is due at once.</summary>
    public void ForgetWaits()
    {
        _talk.Forget();
        _uploads.Forget();
        _prints.Forget();
    }

    public async ValueTask DisposeAsync()
    {
        CloseUploads();
        await _conversation.DisposeAsync();
        _outbox.Dispose();
    }

    private static X509Certificate2 CentreOf(string path)
    {
        try
        {
            return X509CertificateLoader.LoadCertificateFromFile(path);
        }
        catch (CryptographicException fault)
        {
            throw new InvalidDataException($"{path} is not the centre's certificate: expected one X.509 certificate, PEM or DER.", fault);
        }
    }

    private async Task<StepOutcome> TalkAsync(DateTimeOffset? now, CancellationToken cancellation)
    {
        var outcome = await _talk.RunAsync(
            async stop =>
            {
                if (await _renewal.RunDueAsync(_identity, _clock.Now, stop) is { } renewed)
                {
                    _identity = renewed;
                    await _conversation.CloseAsync();
                }

                await _conversation.TalkAsync(_identity, now, stop);
            },
            () => _conversation.Lived,
            cancellation);
        if (outcome is StepOutcome.Away)
        {
            await _conversation.CloseAsync();
        }

        return outcome;
    }

    private Task<StepOutcome> UploadAsync(DateTimeOffset now, CancellationToken cancellation) => _uploads.RunAsync(
        async stop =>
        {
            if (_conversation.Link is null)
            {
                return;
            }

            if (_uploadLink?.Identity != _identity)
            {
                CloseUploads();
                _uploadLink = new UploadLink(_options, _identity, _time);
            }

            await _uploader.UploadAsync(_uploadLink!, (packet, reason) => _events.PacketSetAside(packet, reason, now), stop);
        },
        () => null,
        cancellation);

    private Task<StepOutcome> PrintAsync(DateTimeOffset now, CancellationToken cancellation) => _prints.RunAsync(
        async stop =>
        {
            if (_printing is null || _conversation.Link is not { Session: { } session } link)
            {
                return;
            }

            var server = new PrintingService.PrintingServiceClient(link.Calls);
            ReportRefusal refused = (printer, attempt, reason) => _events.ReportRefused(printer.Identity, attempt.JobId, attempt.Epoch, reason, now);
            var reconciled = _reconciled == session;
            _reconciled = null;
            if (!reconciled)
            {
                await _printing.ReconcileAsync(server, refused, stop);
            }

            await _printing.RunAsync(server, _options.MostCardsPerStep, refused, stop);
            _reconciled = session;
        },
        () => null,
        cancellation);

    private void CloseUploads()
    {
        _uploadLink?.Dispose();
        _uploadLink = null;
    }
}
