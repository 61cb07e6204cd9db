using KtpGrpc.Server.Printing;

namespace KtpGrpc.Simulation;

/// <summary>One seed: steps drawn by chance, and every invariant after each.</summary>
internal sealed class Run
{
    private const int Steps = 120;
    private const int FoldEvery = 50;

    private readonly World _world;
    private readonly Course _course;
    private readonly Officers _officers;
    private readonly StockOfficers _stock;
    private readonly Invariants _invariants;
    private readonly Fold _fold;
    private readonly (int Weight, Func<bool> Do)[] _steps;
    private readonly int _weights;

    private Run(Machine machine, ulong seed, Dictionary<Fault, long> faults, TextWriter? trace)
    {
        _world = new World(machine, seed, faults, trace);
        _course = new Course(_world);
        _officers = new Officers(_world);
        _stock = new StockOfficers(_world);
        _invariants = new Invariants(_world);
        _fold = machine.Fold;
        var custodians = new Custodians(_world);
        var hit = new Faults(_world, _course);

        // The order is part of a seed's meaning: a step that is put elsewhere makes every seed another run.
        _steps =
        [
            (40, _course.Deliver), (4, hit.Lose), (4, hit.Double), (1, hit.Cut), (16, _course.Work), (14, _course.EndPrint), (3, hit.KillAgent), (1, hit.Swap), (1, hit.TestCard),
            (6, _course.Wait), (1, hit.Jump), (4, hit.CrashStore),
            (8, _officers.Enqueue), (1, _officers.Hold), (2, _officers.Release), (2, _officers.Cancel), (4, _officers.Resolve), (3, _officers.Verify), (3, _officers.HandOver),
            (1, _officers.Drain), (2, _officers.Resume), (3, _stock.Receive), (5, _stock.Load), (1, _stock.Unload), (1, _stock.Send), (2, _stock.Arrive), (1, _stock.Count),
            (3, custodians.TakeIntoCustody), (2, _officers.Withdraw), (8, custodians.Destroy), (1, _officers.Explain),
        ];
        _weights = _steps.Sum(step => step.Weight);
    }

    /// <summary>Null where every invariant held; else what did not.</summary>
    public static string? Of(Machine machine, ulong seed, Dictionary<Fault, long> faults, TextWriter? trace = null)
    {
        machine.Store.BeginRun();
        machine.Fold.BeginRun();
        try
        {
            new Run(machine, seed, faults, trace).Play();
            return null;
        }
        catch (ViolationException violation)
        {
            return violation.Message;
        }
        finally
        {
            machine.Fold.UndoRun();
            machine.Clean();
        }
    }

    private void Play()
    {
        Open();
        for (var done = 0; done < Steps;)
        {
            // Every step is a moment of its own, so that what is ordered by moments is ordered alike in every run of a seed.
            _world.Pass(TimeSpan.FromMilliseconds(1));
            if (!Any()())
            {
                continue;
            }

            done++;
            _world.Stations.ToList().ForEach(station => station.Tidy());
            _invariants.Check();
            if (done % FoldEvery == 0)
            {
                _fold.Check();
            }
        }

        Settle();
        _invariants.Check();
        _fold.Check();
    }

    /// <summary>A day begins with blanks in the hoppers and people who wait.</summary>
    private void Open()
    {
        for (var i = 0; i < 6; i++)
        {
            _world.Pass(TimeSpan.FromMilliseconds(1));
            _ = _officers.Enqueue() && (i % 2 == 1 ? _stock.Load() : _stock.Receive());
        }
    }

    private Func<bool> Any()
    {
        var drawn = _world.Chance.Below(_weights);
        foreach (var (weight, step) in _steps)
        {
            if ((drawn -= weight) < 0)
            {
                return step;
            }
        }

        throw new InvalidOperationException("A draw is below the sum of all weights.");
    }

    /// <summary>The line heals, printers end, agents come back, leases run out: then nothing may be under way any more.</summary>
    private void Settle()
    {
        _world.Tell("all faults end");
        _world.Store.CrashNext(SimulatedStore.Crash.None);
        foreach (var station in _world.Stations)
        {
            station.IsCut = false;
        }

        for (var round = 0; round < 3; round++)
        {
            while (_world.Wire.Count > 0 || _world.Stations.Any(station => station.Printers.Exists(printer => printer.HasWork)))
            {
                _world.Pass(TimeSpan.FromMilliseconds(1));
                _ = (_world.Wire.Count > 0 && _course.Deliver()) || _course.EndPrint();
                _world.Stations.ToList().ForEach(station => station.Tidy());
            }

            _world.Pass(Leasing.ReportWithin * 2);
            _course.Reap();
            foreach (var station in _world.Stations.Where(station => station.Work is null))
            {
                station.Kill();
                station.Begin();
            }
        }

        while (_world.Wire.Count > 0 || _world.Stations.Any(station => station.Printers.Exists(printer => printer.HasWork)))
        {
            _ = (_world.Wire.Count > 0 && _course.Deliver()) || _course.EndPrint();
        }

        _world.Pass(Leasing.ReportWithin * 2);
        _course.Reap();
        var open = _world.Store.Look(tx => tx.NumberAsync("SELECT COUNT(*) FROM printing_jobs WHERE state IN (3, 4)"));
        if (open > 0)
        {
            throw new ViolationException($"{open} jobs are leased or started although everything has come to rest.");
        }
    }
}
