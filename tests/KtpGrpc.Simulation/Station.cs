using Grpc.Core;
using Ktp.Printing.V1;
using KtpGrpc.Agent.Printing;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Simulation;

/// <summary>A station: the agent's real print cycle with its real journal on a disk, its printer, and the blanks in its hopper.</summary>
internal sealed class Station
{
    private const int CardsPerRun = 3;

    private readonly string _folder;
    private readonly Wire _wire;
    private PrintCycle _cycle;
    private int _printers;

    public Station(StationId id, string folder, Wire wire)
    {
        (Id, _folder, _wire) = (id, folder, wire);
        Caller = new Caller(CallerKind.Station, id.Value, Role.None, id.Region);
        Printer = NewPrinter();
        _cycle = NewCycle();
    }

    public StationId Id { get; }

    public Caller Caller { get; }

    /// <summary>Counts the agent's processes: what was meant for an earlier one reaches nobody.</summary>
    public int Process { get; private set; }

    public SortedSet<long> Hopper { get; } = [];

    public Printer Printer { get; private set; }

    /// <summary>Every printer that ever stood here.</summary>
    public List<Printer> Printers { get; } = [];

    public bool IsCut { get; set; }

    /// <summary>What the agent does now; null while it is idle.</summary>
    public Task? Work { get; private set; }

    private bool IsConnected { get; set; }

    /// <summary>The agent takes up work: what it must settle after a reconnect first, then cards.</summary>
    public void Begin()
    {
        if (!IsConnected)
        {
            Printers.ForEach(printer => printer.Purge());
        }

        Work = RunAsync(Process);
        Tidy();
    }

    /// <summary>Forgets work that has ended; a line that broke means a reconnect. What is no broken line is a fault of the agent's.</summary>
    public void Tidy()
    {
        if (Work is not { IsCompleted: true } ended)
        {
            return;
        }

        Work = null;
        if (ended.Exception?.InnerException is { } fault)
        {
            IsConnected = false;
            if (fault is not RpcException { StatusCode: StatusCode.Unavailable })
            {
                throw new ViolationException($"The agent of {Id} failed: {fault}");
            }
        }
    }

    /// <summary>kill -9, and a start anew on the same disk.</summary>
    public void Kill()
    {
        Process++;
        Printers.ForEach(printer => printer.Orphan());
        Work = null;
        IsConnected = false;
        _cycle = NewCycle();
    }

    /// <summary>Another printer stands there; the blanks go with the hopper, and so does the agent, which looks anew.</summary>
    public void Swap()
    {
        Printer = NewPrinter();
        Kill();
    }

    private async Task RunAsync(int process)
    {
        var client = new PrintingService.PrintingServiceClient(_wire.LineOf(this));
        var cycle = _cycle;
        if (!IsConnected)
        {
            await cycle.ReconcileAsync(client, (_, _, _) => { }, CancellationToken.None);
            if (process != Process)
            {
                return;
            }

            IsConnected = true;
        }

        await cycle.RunAsync(client, CardsPerRun, (_, _, _) => { }, CancellationToken.None);
    }

    private Printer NewPrinter()
    {
        var printer = new Printer($"HDP-{Id}-{++_printers}", Hopper);
        Printers.Add(printer);
        return printer;
    }

    private PrintCycle NewCycle() => new(Printer, new AttemptJournal(_folder));
}
