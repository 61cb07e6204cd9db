using Google.Protobuf;
using Grpc.Core;
using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Simulation;

/// <summary>Everything there is in one run: two servers on one store, stations, people, the network and the hour.</summary>
internal sealed class World
{
    public static readonly DateTimeOffset Opening = new(2017, 3, 1, 1, 0, 0, TimeSpan.Zero);

    private readonly Machine _machine;
    private readonly SimulatedServer[] _servers;
    private readonly Dictionary<Fault, long> _faults;
    private readonly TextWriter? _trace;
    private readonly DomainClock _clock;
    private int _lastServer;
    private int _requests;

    public World(Machine machine, ulong seed, Dictionary<Fault, long> faults, TextWriter? trace)
    {
        (_machine, _faults, _trace) = (machine, faults, trace);
        Chance = new Chance(seed);
        _clock = machine.Provider.GetRequiredService<DomainClock>();
        _clock.SetScenario(Opening);
        _servers = [new SimulatedServer(machine.Provider), new SimulatedServer(machine.Provider)];
        Stations = [.. Machine.StationIds.Select((id, number) => new Station(id, machine.NewFolder(number), Wire))];
        machine.Store.Crashed = crash =>
        {
            Count(crash == SimulatedStore.Crash.BeforeCommit ? Fault.StoreCrashedBeforeCommit : Fault.StoreCrashedAfterCommit);
            Tell($"the server died {crash}");
            _servers[_lastServer] = new SimulatedServer(machine.Provider);
        };
    }

    public Chance Chance { get; }

    public Wire Wire { get; } = new();

    public IReadOnlyList<Station> Stations { get; }

    public Answers Answers { get; } = new();

    public SimulatedStore Store => _machine.Store;

    public IServiceProvider Provider => _machine.Provider;

    public DateTimeOffset Now => _clock.Now;

    public void Pass(TimeSpan span) => _clock.SetScenario(_clock.Now + span);

    public void Count(Fault fault) => _faults[fault] = _faults.GetValueOrDefault(fault) + 1;

    public void Tell(string what) => _trace?.WriteLine($"{Now:MM-dd HH:mm:ss.fff} {what}");

    public SimulatedServer AnyServer()
    {
        var next = Chance.Below(_servers.Length);
        if (next != _lastServer)
        {
            Count(Fault.ServersRaced);
        }

        return _servers[_lastServer = next];
    }

    /// <summary>Somebody who may act in the whole country.</summary>
    public static Caller Person(string name, Role role) => new(CallerKind.Operator, name, role | Role.Viewer, RegionCode.Country);

    public string NextRequest() => $"r{++_requests}";

    /// <summary>A person calls. True, since there was something to do, whether he was answered or refused or the line broke.</summary>
    public bool Call<TRequest, TResponse>(string method, Caller caller, TRequest request) where TRequest : class, IMessage where TResponse : class
    {
        var call = AnyServer().CallAsync<TRequest, TResponse>(method, request, caller);
        var refused = call.Exception?.InnerException;
        Tell($"{caller.Name}: {method.Split('/')[^1]} {Short(request)}: {(refused is RpcException refusal ? refusal.Status.ToString() : refused?.ToString() ?? "ok")}");
        RequireNoFault(call);
        return true;
    }

    /// <summary>The serials that a query finds, looked up without a server in between.</summary>
    public List<long> Serials(string sql, params object?[] arguments) => Store.Look(tx => tx.ListAsync(sql, row => row.GetInt64(0), arguments));

    /// <summary>A refusal is an answer; whatever else a server throws is its fault.</summary>
    public static void RequireNoFault(Task call)
    {
        if (call.Exception?.InnerException is { } fault and not RpcException)
        {
            throw new ViolationException($"A server failed: {fault}");
        }
    }

    /// <summary>Every order any printer was ever given.</summary>
    public IEnumerable<Feed> Feeds => Stations.SelectMany(station => station.Printers).SelectMany(printer => printer.Feeds);

    public static string Short(object message) => message.ToString() is { Length: > 200 } text ? text[..200] + "…" : message.ToString()!;
}
