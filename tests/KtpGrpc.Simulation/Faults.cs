namespace KtpGrpc.Simulation;

/// <summary>What is done to the system on purpose. Each method tells whether there was anything to do.</summary>
internal sealed class Faults(World world, Course course)
{
    public bool Lose()
    {
        if (world.Wire.Count == 0)
        {
            return false;
        }

        var (message, _) = world.Wire.Take(world.Chance);
        world.Count(Fault.MessageLost);
        world.Tell($"{message.Station.Id}: lost: {message.What}");
        message.Lose();
        return true;
    }

    public bool Double()
    {
        if (world.Wire.Count == 0)
        {
            return false;
        }

        var (message, _) = world.Wire.Take(world.Chance);
        if (message.Copy is not null)
        {
            world.Count(Fault.MessageDuplicated);
            world.Tell($"{message.Station.Id}: doubled: {message.What}");
            world.Wire.Put(message.Copy());
        }

        world.Wire.Put(message);
        return message.Copy is not null;
    }

    public bool Cut()
    {
        var station = world.Chance.Of(world.Stations);
        station.IsCut = !station.IsCut;
        if (station.IsCut)
        {
            world.Count(Fault.Partition);
        }

        world.Tell($"{station.Id}: line {(station.IsCut ? "cut" : "mended")}");
        return true;
    }

    public bool KillAgent()
    {
        // Half of the kills fall on a station that prints, where there is one: that is where they hurt.
        var printing = world.Stations.Where(candidate => candidate.Printer.HasWork).ToList();
        var station = world.Chance.Of(printing.Count > 0 && world.Chance.OneIn(2) ? printing : world.Stations);
        world.Count(station.Printer.HasWork ? Fault.AgentKilledWhilePrinting : Fault.AgentKilled);
        world.Tell($"{station.Id}: agent killed");
        station.Kill();
        return true;
    }

    public bool Swap()
    {
        var station = world.Chance.Of(world.Stations);
        station.Swap();
        world.Count(Fault.PrinterSwapped);
        world.Tell($"{station.Id}: printer {station.Printer.Identity.Serial} put in");
        return true;
    }

    public bool TestCard()
    {
        var station = world.Chance.Of(world.Stations);
        station.Printer.PickTestCard();
        world.Count(Fault.TestCardPicked);
        world.Tell($"{station.Id}: a test card was picked");
        return true;
    }

    public bool Jump()
    {
        var ahead = world.Chance.OneIn(2);
        world.Count(ahead ? Fault.ClockJumpedAhead : Fault.ClockJumpedBack);
        world.Pass(ahead ? TimeSpan.FromHours(30) : -TimeSpan.FromMinutes(20));
        world.Tell("the clock jumped");
        course.Reap();
        return true;
    }

    public bool CrashStore()
    {
        world.Store.CrashNext(world.Chance.OneIn(2) ? SimulatedStore.Crash.BeforeCommit : SimulatedStore.Crash.AfterCommit);
        return true;
    }
}
