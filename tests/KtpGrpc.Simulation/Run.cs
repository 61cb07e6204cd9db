using KtpGrpc.Server.Printing;

namespace KtpGrpc.Simulation;

/// <summary>One seed: steps drawn by chance, and every invariant after each.</summary>
internal sealed class Run
{
    private const int Steps = 120;
    private const int FoldEvery = 50;

    private readonly World _world;
    private readonly People _people;
    private readonly Invariants _invariants;
    private readonly Fold _fold;
    private readonly Reaper _reaper;
    private readonly (int Weight, Func<bool> Do)[] _steps;
    private readonly int _weights;

    private Run(Machine machine, ulong seed, Dictionary<Fault, long> faults, TextWriter? trace)
    {
        _world = new World(machine, seed, faults, trace);
        _people = new People(_world);
        _invariants = new Invariants(_world);
        _fold = machine.Fold;
        _reaper = machine.Provider.GetRequiredService<Reaper>();
        _steps =
        [
            (40, Deliver), (4, Lose), (4, Double), (1, Cut), (16, Work), (14, EndPrint), (3, KillAgent), (1, Swap), (1, TestCard), (6, Wait), (1, Jump), (4, CrashStore),
            (8, _people.Enqueue), (1, _people.Hold), (2, _people.Release), (2, _people.Cancel), (4, _people.Resolve), (3, _people.Verify), (3, _people.HandOver),
            (1, _people.Drain), (2, _people.Resume), (3, _people.Receive), (5, _people.Load), (1, _people.Unload), (1, _people.Send), (2, _people.Arrive), (1, _people.Count),
            (3, _people.TakeIntoCustody), (2, _people.Withdraw), (8, _people.Destroy), (1, _people.Explain),
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
            _ = _people.Enqueue() && (i % 2 == 1 ? _people.Load() : _people.Receive());
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
                _ = (_world.Wire.Count > 0 && Deliver()) || EndPrint();
                _world.Stations.ToList().ForEach(station => station.Tidy());
            }

            _world.Pass(Leasing.ReportWithin * 2);
            Reap();
            foreach (var station in _world.Stations.Where(station => station.Work is null))
            {
                station.Kill();
                station.Begin();
            }
        }

        while (_world.Wire.Count > 0 || _world.Stations.Any(station => station.Printers.Exists(printer => printer.HasWork)))
        {
            _ = (_world.Wire.Count > 0 && Deliver()) || EndPrint();
        }

        _world.Pass(Leasing.ReportWithin * 2);
        Reap();
        var open = _world.Store.Look(tx => tx.NumberAsync("SELECT COUNT(*) FROM printing_jobs WHERE state IN (3, 4)"));
        if (open > 0)
        {
            throw new ViolationException($"{open} jobs are leased or started although everything has come to rest.");
        }
    }

    private bool Deliver()
    {
        if (_world.Wire.Count == 0)
        {
            return false;
        }

        var (message, reordered) = _world.Wire.Take(_world.Chance);
        if (message.Station.IsCut)
        {
            _world.Tell($"{message.Station.Id}: cut off: {message.What}");
            message.Lose();
            return true;
        }

        if (reordered)
        {
            _world.Count(Fault.MessageReordered);
        }

        _world.Tell($"{message.Station.Id}: {message.What}");
        message.Deliver(_world);
        return true;
    }

    private bool Lose()
    {
        if (_world.Wire.Count == 0)
        {
            return false;
        }

        var (message, _) = _world.Wire.Take(_world.Chance);
        _world.Count(Fault.MessageLost);
        _world.Tell($"{message.Station.Id}: lost: {message.What}");
        message.Lose();
        return true;
    }

    private bool Double()
    {
        if (_world.Wire.Count == 0)
        {
            return false;
        }

        var (message, _) = _world.Wire.Take(_world.Chance);
        if (message.Copy is not null)
        {
            _world.Count(Fault.MessageDuplicated);
            _world.Tell($"{message.Station.Id}: doubled: {message.What}");
            _world.Wire.Put(message.Copy());
        }

        _world.Wire.Put(message);
        return message.Copy is not null;
    }

    private bool Cut()
    {
        var station = _world.Chance.Of(_world.Stations);
        station.IsCut = !station.IsCut;
        if (station.IsCut)
        {
            _world.Count(Fault.Partition);
        }

        _world.Tell($"{station.Id}: line {(station.IsCut ? "cut" : "mended")}");
        return true;
    }

    private bool Work()
    {
        var station = _world.Chance.Of(_world.Stations);
        if (station.Work is not null)
        {
            return false;
        }

        station.Begin();
        return true;
    }

    private bool EndPrint()
    {
        var printers = _world.Stations.SelectMany(station => station.Printers).Where(printer => printer.HasWork).ToList();
        if (printers.Count == 0)
        {
            return false;
        }

        var (fate, fault) = _world.Chance.Below(20) switch
        {
            < 12 => (Fate.Good, (Fault?)null),
            < 14 => (Fate.PrintFailed, Fault.PrintFailed),
            < 16 => (Fate.EncodeFailed, Fault.EncodeFailed),
            < 17 => (Fate.Jammed, Fault.CardJammed),
            < 18 => (Fate.Vanished, Fault.CardVanished),
            _ => (Fate.NotFed, Fault.CardNotFed),
        };
        var sure = !_world.Chance.OneIn(8);
        if (fault is { } happened)
        {
            _world.Count(happened);
        }

        if (!sure)
        {
            _world.Count(Fault.PrinterUnsure);
        }

        var printer = _world.Chance.Of(printers);
        var feed = printer.End(fate, sure);
        _world.Tell($"{printer.Identity.Serial}: blank {feed.Blank} {feed.Fate}{(sure ? "" : ", not sure")}");
        return true;
    }

    private bool KillAgent()
    {
        // Half of the kills fall on a station that prints, where there is one: that is where they hurt.
        var printing = _world.Stations.Where(candidate => candidate.Printer.HasWork).ToList();
        var station = _world.Chance.Of(printing.Count > 0 && _world.Chance.OneIn(2) ? printing : _world.Stations);
        _world.Count(station.Printer.HasWork ? Fault.AgentKilledWhilePrinting : Fault.AgentKilled);
        _world.Tell($"{station.Id}: agent killed");
        station.Kill();
        return true;
    }

    private bool Swap()
    {
        var station = _world.Chance.Of(_world.Stations);
        station.Swap();
        _world.Count(Fault.PrinterSwapped);
        _world.Tell($"{station.Id}: printer {station.Printer.Identity.Serial} put in");
        return true;
    }

    private bool TestCard()
    {
        var station = _world.Chance.Of(_world.Stations);
        station.Printer.PickTestCard();
        _world.Count(Fault.TestCardPicked);
        _world.Tell($"{station.Id}: a test card was picked");
        return true;
    }

    private bool Wait()
    {
        _world.Pass(TimeSpan.FromMinutes(1 + _world.Chance.Below(12)));
        Reap();
        return true;
    }

    private bool Jump()
    {
        var ahead = _world.Chance.OneIn(2);
        _world.Count(ahead ? Fault.ClockJumpedAhead : Fault.ClockJumpedBack);
        _world.Pass(ahead ? TimeSpan.FromHours(30) : -TimeSpan.FromMinutes(20));
        _world.Tell("the clock jumped");
        Reap();
        return true;
    }

    private bool CrashStore()
    {
        _world.Store.CrashNext(_world.Chance.OneIn(2) ? SimulatedStore.Crash.BeforeCommit : SimulatedStore.Crash.AfterCommit);
        return true;
    }

    private void Reap()
    {
        _world.Tell("the reaper looks");
        var reaped = _reaper.RunAsync(_world.Now, CancellationToken.None);
        if (reaped.Exception?.InnerException is { } fault and not StoreCrashedException)
        {
            throw new ViolationException($"The reaper failed: {fault}");
        }
    }
}
