using System.Collections.Concurrent;
using Grpc.Core.Interceptors;
using KtpGrpc.Agent;
using KtpGrpc.Agent.Enrolment;
using KtpGrpc.Fleet.Devices;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Scenarios;
using Microsoft.Extensions.Logging;

namespace KtpGrpc.Fleet.Run;

/// <summary>One desk of the scenario: its devices, the real agent that runs them, and what became of it.</summary>
internal sealed class FleetStation(FleetPlan plan, ScenarioStation station, string id, SimulatedKit kit, ServerLink server) : IAsyncDisposable
{
    private readonly Visits _visits = new(plan, station, id);
    private readonly ConcurrentBag<string> _sealed = [];
    private StationAgent? _agent;
    private bool _dark;
    private bool _hasGoodRibbons;
    private int _recorded;

    public string Id => id;

    public ScenarioStation Desk => station;

    public SimulatedPrinter? Printer => kit.Printer;

    /// <summary>SHA-256 of every packet that its agent sealed.</summary>
    public IReadOnlyCollection<string> Sealed => _sealed;

    public bool HasJoined => _agent is not null;

    /// <summary>It has burnt, or was struck: nothing comes of it until somebody has repaired it.</summary>
    public bool IsSilent { get; private set; }

    public async Task JoinAsync(FleetPlaces places, string joinToken, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var lostAnswers = new LostAnswers(id, plan.File.Packets.LostAnswers, plan.Seed);
        var options = new AgentOptions
        {
            Folder = places.AgentFolder(id),
            Control = places.Control,
            Upload = places.Upload,
            CentreCertificatePath = places.CentreCertificate,
            UploadWire = invoker => invoker.Intercept(lostAnswers),
            MostCardsPerStep = plan.File.Printing.CardsPerBeat,
        };
        _agent = await StationAgent.OpenAsync(options, kit.Kit, TimeProvider.System, loggers, joinToken, cancellation);
        if (_agent.StationId != id)
        {
            throw new InvalidOperationException($"The server calls the first station of {station.District} {_agent.StationId}, not {id}: it has a past. Start it on an empty folder, or an empty database.");
        }
    }

    /// <summary>What people do at the desk until this moment; it goes on without an uplink.</summary>
    public async Task WorkAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        IsSilent = plan.IsSilent(id, now);
        if (_agent is null || IsSilent)
        {
            return;
        }

        if (Printer is { } printer)
        {
            printer.BadRibbon = plan.Ribbons.IsIn(id, now) && !_hasGoodRibbons ? plan.Ribbons.FailedPrints : 0;
        }

        var visits = _visits.At(now);
        foreach (var scanner in kit.Scanners)
        {
            scanner.Exercise(visits.Counted, now);
        }

        for (var packet = 0; packet < visits.Sealed; packet++)
        {
            var citizen = InventedCitizens.AtDesk(station.District, id, _recorded++);
            if (await _agent.RecordAsync(citizen, now, cancellation) is RecordOutcome.Saved saved)
            {
                _sealed.Add(saved.Sha256);
            }
        }
    }

    /// <summary>The agent's beat; it is repeated until the server has taken it, and moves no device.</summary>
    public async Task BeatAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        if (_agent is null)
        {
            return;
        }

        if (IsSilent || plan.IsUplinkOut(id, now))
        {
            if (!_dark)
            {
                _dark = true;
                await _agent.DisconnectAsync();
            }

            return;
        }

        _dark = false;
        var started = TimeProvider.System.GetTimestamp();
        while (await _agent.RunDueAsync(now, cancellation) is StepOutcome.Away away)
        {
            server.Faults.Note(away.Code);
            if (TimeProvider.System.GetElapsedTime(started) > ServerLink.Patience)
            {
                throw new TimeoutException($"Station {id} has not got through for {ServerLink.Patience.TotalSeconds:0} s: {away.Reason}");
            }

            await server.WaitUntilBackAsync($"station {id}: {away.Reason}", cancellation);

            // The wait is over: in lock step nobody else would end the agent's back-off.
            _agent.ForgetWaits();
        }
    }

    /// <summary>A technician renewed what stands in a place of the kit; the agent says so with its next hello.</summary>
    public async Task RenewAsync(DeviceLife life)
    {
        if (kit.Scanners.FirstOrDefault(scanner => scanner.Identity.Kind == life.Kind) is not { } scanner)
        {
            return;
        }

        var exchanged = scanner.Identity.Serial != life.Serial;
        scanner.Renew(life);
        await (exchanged ? _agent!.DisconnectAsync() : _agent!.DeviceRenewedAsync(scanner.Identity));
    }

    /// <summary>A technician put good ribbons into the printer.</summary>
    public async Task ChangeRibbonsAsync()
    {
        _hasGoodRibbons = true;
        await _agent!.DeviceRenewedAsync(kit.Printer!.Identity);
    }

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }
    }
}
