using KtpGrpc.Server.Printing;

namespace KtpGrpc.Simulation;

/// <summary>What goes on by itself: messages arrive, agents work, printers end, time passes. A method that returns a truth tells whether there was anything to do.</summary>
internal sealed class Course(World world)
{
    private readonly Reaper _reaper = world.Provider.GetRequiredService<Reaper>();

    public bool Deliver()
    {
        if (world.Wire.Count == 0)
        {
            return false;
        }

        var (message, reordered) = world.Wire.Take(world.Chance);
        if (message.Station.IsCut)
        {
            world.Tell($"{message.Station.Id}: cut off: {message.What}");
            message.Lose();
            return true;
        }

        if (reordered)
        {
            world.Count(Fault.MessageReordered);
        }

        world.Tell($"{message.Station.Id}: {message.What}");
        message.Deliver(world);
        return true;
    }

    public bool Work()
    {
        var station = world.Chance.Of(world.Stations);
        if (station.Work is not null)
        {
            return false;
        }

        station.Begin();
        return true;
    }

    public bool EndPrint()
    {
        var printers = world.Stations.SelectMany(station => station.Printers).Where(printer => printer.HasWork).ToList();
        if (printers.Count == 0)
        {
            return false;
        }

        var (fate, fault) = world.Chance.Below(20) switch
        {
            < 12 => (Fate.Good, (Fault?)null),
            < 14 => (Fate.PrintFailed, Fault.PrintFailed),
            < 16 => (Fate.EncodeFailed, Fault.EncodeFailed),
            < 17 => (Fate.Jammed, Fault.CardJammed),
            < 18 => (Fate.Vanished, Fault.CardVanished),
            _ => (Fate.NotFed, Fault.CardNotFed),
        };
        var sure = !world.Chance.OneIn(8);
        if (fault is { } happened)
        {
            world.Count(happened);
        }

        if (!sure)
        {
            world.Count(Fault.PrinterUnsure);
        }

        var printer = world.Chance.Of(printers);
        var feed = printer.End(fate, sure);
        world.Tell($"{printer.Identity.Serial}: blank {feed.Blank} {feed.Fate}{(sure ? "" : ", not sure")}");
        return true;
    }

    public bool Wait()
    {
        world.Pass(TimeSpan.FromMinutes(1 + world.Chance.Below(12)));
        Reap();
        return true;
    }

    public void Reap()
    {
        world.Tell("the reaper looks");
        var reaped = _reaper.RunAsync(world.Now, CancellationToken.None);
        if (reaped.Exception?.InnerException is { } fault and not StoreCrashedException)
        {
            throw new ViolationException($"The reaper failed: {fault}");
        }
    }
}
