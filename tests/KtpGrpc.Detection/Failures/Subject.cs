namespace KtpGrpc.Detection.Failures;

/// <summary>A moment of a replay, counted in the file's own steps (days, hours), with the suspicion that it left behind.</summary>
internal readonly record struct Moment(long At, double Score);

/// <summary>One machine of a replay, as the judge sees it: its moments in order of time, its failures, how long it was observed.</summary>
internal sealed record Subject(string Id, IReadOnlyList<Moment> Moments, IReadOnlyList<long> Failures, double Months)
{
    public double Highest { get; } = Moments.Select(moment => moment.Score).DefaultIfEmpty(0).Max();

    /// <summary>Of five, by FNV-1a of the id. The half of the machines that is at hand has even hashes, so the last bit says nothing.</summary>
    public int Fold { get; } = (int)((Fnv(Id) >> 1) % Judge.Folds);

    private static uint Fnv(string id) => System.Text.Encoding.UTF8.GetBytes(id).Aggregate(2166136261, (hash, next) => (hash ^ next) * 16777619);
}
