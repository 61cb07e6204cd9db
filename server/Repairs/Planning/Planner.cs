namespace KtpGrpc.Server.Repairs.Planning;

/// <summary>A step with what it is worth and what it costs; the turn is 0 where nobody does it today.</summary>
internal sealed record Ranked(Step Step, double Citizens, double TravelHours, string Worker, int Turn, DateOnly? PartExpected, int KitsBefore)
{
    public double PerHour => Citizens / (TravelHours + Step.WorkHours);
}

/// <summary>
/// Ranks steps by citizens per technician-hour: always the best next one, with all gains and ways as the step before left them. A
/// greedy choice may fill a day badly, so it is tried again from some other first steps, and the best day is taken.
/// </summary>
internal static class Planner
{
    /// <summary>Fewer citizens than this are a rounding error, or a step that helps nobody.</summary>
    private const double Least = 0.5;

    /// <summary>First steps that are tried.</summary>
    private const int MostTries = 32;

    public static IReadOnlyList<Ranked> Plan(World world, IReadOnlyList<Worker> workers)
    {
        var steps = world.Steps();
        var day = Today(world, steps, workers);
        var after = day.Aggregate(world, (before, ranked) => before.Do(ranked.Step));
        var rest = steps.Where(after.IsOpen).Select(step => Rank(after, step, workers)).Where(ranked => ranked.Citizens >= Least);
        return [.. day.Concat(rest).OrderByDescending(ranked => ranked.PerHour).ThenBy(ranked => ranked.Step.Key, StringComparer.Ordinal)];
    }

    /// <summary>What the workers do today, in the order in which it was chosen.</summary>
    public static IReadOnlyList<Ranked> Today(World world, IReadOnlyList<Step> steps, IReadOnlyList<Worker> workers)
    {
        var start = new Search(world, steps, workers);
        var firsts = start.Choices().Take(MostTries).ToList();
        IReadOnlyList<Ranked> best = start.Run();
        foreach (var (step, worker) in firsts)
        {
            var other = new Search(world, steps, workers);
            other.Take(step, worker);
            best = Better(other.Run(), best);
        }

        return best;
    }

    private static IReadOnlyList<Ranked> Better(IReadOnlyList<Ranked> one, IReadOnlyList<Ranked> other) =>
        one.Sum(ranked => ranked.Citizens) > other.Sum(ranked => ranked.Citizens) + Least ? one : other;

    /// <summary>Not for today: as if it were the first step of whoever is nearest.</summary>
    private static Ranked Rank(World world, Step step, IReadOnlyList<Worker> workers) => new(
        step, world.Gain(step), workers.Min(worker => Travel.Hours(worker.Place, step.From)), "", 0, world.PartExpected(step), KitsOf(world, step));

    private static int KitsOf(World world, Step step) => world.Offices[step is Step.Loan loan ? loan.To : step.Office].Working;

    /// <summary>One run of choices.</summary>
    private sealed class Search
    {
        private readonly IReadOnlyList<Step> _steps;
        private readonly Worker[] _workers;
        private readonly int[] _turns;
        private readonly double[] _gains;
        private readonly List<Ranked> _taken = [];
        private World _world;

        public Search(World world, IReadOnlyList<Step> steps, IReadOnlyList<Worker> workers)
        {
            (_world, _steps, _workers, _turns) = (world, steps, [.. workers], new int[workers.Count]);
            _gains = [.. steps.Select(GainOf)];
        }

        /// <summary>What could be next, the most per hour first.</summary>
        public IEnumerable<(int Step, int Worker)> Choices() =>
            from step in Enumerable.Range(0, _steps.Count)
            where _gains[step] >= Least
            from worker in Enumerable.Range(0, _workers.Length)
            let hours = Hours(step, worker)
            where hours <= _workers[worker].Hours
            orderby _gains[step] / hours descending, step, worker
            select (step, worker);

        public List<Ranked> Run()
        {
            while (Choices().Select(choice => ((int, int)?)choice).FirstOrDefault() is var (step, worker))
            {
                Take(step, worker);
            }

            return _taken;
        }

        public void Take(int index, int worker)
        {
            var (step, who) = (_steps[index], _workers[worker]);
            _taken.Add(new Ranked(step, _gains[index], Travel.Hours(who.Place, step.From), who.Name, ++_turns[worker], null, KitsOf(_world, step)));
            _workers[worker] = who with { Place = step.End, Hours = who.Hours - Hours(index, worker) };
            _world = _world.Do(step);
            for (var other = 0; other < _steps.Count; other++)
            {
                var changed = _steps[other].Touches(step.Office) || (step is Step.Loan loan && _steps[other].Touches(loan.To));
                _gains[other] = changed ? GainOf(_steps[other]) : _gains[other];
            }
        }

        private double Hours(int step, int worker) => Travel.Hours(_workers[worker].Place, _steps[step].From) + _steps[step].WorkHours;

        /// <summary>0 for what cannot be done today.</summary>
        private double GainOf(Step step) => _world.IsOpen(step) && _world.PartExpected(step) is null ? _world.Gain(step) : 0;
    }
}
