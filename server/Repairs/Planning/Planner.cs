namespace KtpGrpc.Server.Repairs.Planning;

/// <summary>A step with what it is worth and what it costs; the turn is 0 where nobody does it today.</summary>
internal sealed record Ranked(Step Step, double Citizens, double TravelHours, string Worker, int Turn, DateOnly? PartExpected, int KitsBefore)
{
    public double PerHour => Citizens / (TravelHours + Step.WorkHours);
}

/// <summary>
/// Ranks steps by citizens per technician-hour: always the best next one, with all gains and ways as the step before left them. A
/// greedy choice may fill a day badly; so at each turn the day is also ended greedily from other steps, the most promising few of
/// these are gone on with, and the best day of all is kept.
/// </summary>
internal static class Planner
{
    /// <summary>Fewer citizens than this are a rounding error, or a step that helps nobody.</summary>
    private const double Least = 0.5;

    /// <summary>Steps that are tried next on each day that was begun.</summary>
    private const int MostTries = 16;

    /// <summary>Days that are gone on with at each turn.</summary>
    private const int MostBegun = 6;

    /// <summary>For more the greedy day is good enough, since one fills what another leaves; and looking on would take half a minute.</summary>
    private const int FewWorkers = 5;

    /// <summary>Of a whole country's steps, those that come into question for one worker's day.</summary>
    private const int MostLookedAt = 30;

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
        IReadOnlyList<Search> begun = [new Search(world, InQuestion(world, steps, workers), workers)];
        var best = begun[0].Copy().Run();
        while (begun.Count > 0 && workers.Count <= FewWorkers)
        {
            var ended = new List<(Search Begun, double Citizens)>();
            foreach (var (before, (step, worker)) in begun.SelectMany(search => search.Choices().Take(MostTries).Select(choice => (search, choice))))
            {
                var next = before.Copy();
                next.Take(step, worker);
                var day = next.Copy().Run();
                best = Citizens(day) > Citizens(best) + Least ? day : best;
                ended.Add((next, Citizens(day)));
            }

            begun = [.. ended.OrderByDescending(day => day.Citizens).DistinctBy(day => day.Begun.Told).Take(MostBegun).Select(day => day.Begun)];
        }

        return best;
    }

    /// <summary>The best of what each worker could begin with; all, where there are few.</summary>
    private static List<Step> InQuestion(World world, IReadOnlyList<Step> steps, IReadOnlyList<Worker> workers)
    {
        var gains = steps.Select(step => (Step: step, Gain: world.Gain(step))).ToList();
        return [.. workers.SelectMany(worker => gains
                .Select(step => (step.Step, step.Gain, Hours: Travel.Hours(worker.Place, step.Step.From) + step.Step.WorkHours))
                .Where(step => step.Hours <= worker.Hours)
                .OrderByDescending(step => step.Gain / step.Hours).ThenBy(step => step.Step.Key, StringComparer.Ordinal)
                .Take(MostLookedAt)
                .Select(step => step.Step))
            .DistinctBy(step => step.Key).OrderBy(step => step.Key, StringComparer.Ordinal)];
    }

    private static double Citizens(IEnumerable<Ranked> day) => day.Sum(ranked => ranked.Citizens);

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
        private readonly List<Ranked> _taken;
        private World _world;

        public Search(World world, IReadOnlyList<Step> steps, IReadOnlyList<Worker> workers)
        {
            (_world, _steps, _workers, _turns, _taken) = (world, steps, [.. workers], new int[workers.Count], []);
            _gains = [.. steps.Select(GainOf)];
        }

        private Search(Search like) => (_world, _steps, _workers, _turns, _gains, _taken) =
            (like._world, like._steps, [.. like._workers], [.. like._turns], [.. like._gains], [.. like._taken]);

        public Search Copy() => new(this);

        /// <summary>Who does what, one after the other; the same for two runs that differ only in whom they asked first.</summary>
        public string Told => string.Join(' ', _taken.OrderBy(ranked => ranked.Worker, StringComparer.Ordinal).ThenBy(ranked => ranked.Turn).Select(ranked => $"{ranked.Worker}:{ranked.Step.Key}"));

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
            while (Best() is var (step, worker))
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

        /// <summary>The first of <see cref="Choices"/>, without the others; null where there is none.</summary>
        private (int Step, int Worker)? Best()
        {
            var (best, most) = (((int, int)?)null, 0.0);
            for (var step = 0; step < _steps.Count; step++)
            {
                for (var worker = 0; worker < _workers.Length && _gains[step] >= Least; worker++)
                {
                    var hours = Hours(step, worker);
                    if (hours <= _workers[worker].Hours && _gains[step] / hours > most)
                    {
                        (best, most) = ((step, worker), _gains[step] / hours);
                    }
                }
            }

            return best;
        }

        private double Hours(int step, int worker) => Travel.Hours(_workers[worker].Place, _steps[step].From) + _steps[step].WorkHours;

        /// <summary>0 for what cannot be done today.</summary>
        private double GainOf(Step step) => _world.IsOpen(step) && _world.PartExpected(step) is null ? _world.Gain(step) : 0;
    }
}
