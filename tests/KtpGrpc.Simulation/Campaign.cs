using System.Collections.Concurrent;

namespace KtpGrpc.Simulation;

/// <summary>Many seeds on all processors.</summary>
internal sealed class Campaign(ulong first, long seeds, TextWriter output)
{
    private static readonly TimeSpan _progress = TimeSpan.FromSeconds(10);

    private readonly Dictionary<Fault, long> _faults = [];
    private readonly ConcurrentQueue<(ulong Seed, string What)> _violations = new();
    private readonly Lock _turn = new();
    private long _next;
    private long _done;

    public IReadOnlyDictionary<Fault, long> Faults => _faults;

    public IReadOnlyCollection<(ulong Seed, string What)> Violations => _violations;

    public long Done => _done;

    /// <param name="stopAtFirst">A planted bug is found once.</param>
    public void Play(bool stopAtFirst = false)
    {
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() => Work(stopAtFirst))).ToList();
        threads.ForEach(thread => thread.Start());
        while (!threads.TrueForAll(thread => thread.Join(_progress)))
        {
            output.WriteLine($"{Interlocked.Read(ref _done)} of {seeds} seeds, {_violations.Count} violations");
        }
    }

    /// <summary>The last lines: every fault with its count, then the verdict.</summary>
    public void Tell()
    {
        foreach (var fault in Enum.GetValues<Fault>())
        {
            output.WriteLine($"  {fault}: {_faults.GetValueOrDefault(fault)}");
        }

        foreach (var (seed, what) in _violations.OrderBy(violation => violation.Seed).Take(10))
        {
            output.WriteLine($"seed {seed}: {what}");
        }

        output.WriteLine($"{_done} seeds, {_violations.Count} violations");
    }

    private void Work(bool stopAtFirst)
    {
        using var machine = new Machine();
        var faults = new Dictionary<Fault, long>();
        for (long number; (number = Interlocked.Increment(ref _next) - 1) < seeds && !(stopAtFirst && !_violations.IsEmpty);)
        {
            var seed = first + (ulong)number;
            if (Run.Of(machine, seed, faults) is { } violation)
            {
                _violations.Enqueue((seed, violation));
            }

            Interlocked.Increment(ref _done);
        }

        lock (_turn)
        {
            foreach (var (fault, count) in faults)
            {
                _faults[fault] = _faults.GetValueOrDefault(fault) + count;
            }
        }
    }
}
