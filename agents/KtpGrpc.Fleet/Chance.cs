namespace KtpGrpc.Fleet;

/// <summary>
/// Random numbers that follow from a seed, a subject and a moment alone (SplitMix64), so that neither threads nor the
/// wall clock have a say, and one more draw for one device moves no other.
/// </summary>
internal struct Chance
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong _state;

    private Chance(ulong state) => _state = state;

    public static Chance Of(int seed, string subject, long moment = 0)
    {
        const ulong FnvOffset = 14695981039346656037;
        const ulong FnvPrime = 1099511628211;
        var hash = FnvOffset;
        foreach (var letter in subject)
        {
            hash = unchecked((hash ^ letter) * FnvPrime);
        }

        return new Chance(Mix(unchecked(hash + ((ulong)seed * Step))) ^ Mix(unchecked((ulong)moment * Step)));
    }

    /// <summary>0 or more, less than 1.</summary>
    public double NextDouble() => (Next64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>0 or more, less than the bound.</summary>
    public int Next(int bound) => (int)(NextDouble() * bound);

    public bool Happens(double share) => NextDouble() < share;

    private ulong Next64() => Mix(_state = unchecked(_state + Step));

    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }
}
