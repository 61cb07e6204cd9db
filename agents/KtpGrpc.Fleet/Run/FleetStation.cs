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
    private int _recorded;

    public string Id => id;

    public ScenarioStation Desk => station;

    public SimulatedPrinter? Printer => kit.Printer;

    /// <summary>SHA-256 of every packet that its agent sealed.</summary>
    public IReadOnlyCollection<string> Sealed => _sealed;

    public bool HasJoined => _agent is not null || IsSilent;

    /// <summary>It has burnt, or was struck: nothing more comes of it.</summary>
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
        if (_agent is null || await EndsAsync(now))
        {
            return;
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

        if (plan.IsUplinkOut(id, now))
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

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }
    }

    private async Task<bool> EndsAsync(DateTimeOffset now)
    {
        if (!plan.IsSilent(id, now))
        {
            return false;
        }

        IsSilent = true;
        await _agent!.DisposeAsync();
        _agent = null;
        return true;
    }
}
