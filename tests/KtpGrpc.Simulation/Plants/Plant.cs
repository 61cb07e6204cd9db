namespace KtpGrpc.Simulation.Plants;

/// <summary>
/// A real bug, put into a copy of the sources. It is awake when the environment names it, so that one build serves all of them.
/// </summary>
internal sealed record Plant(string Name, params Plant.Edit[] Edits)
{
    public const string Variable = "KTP_PLANT";

    public static readonly IReadOnlyList<Plant> All =
    [
        new("stale-epoch", new Edit("server/Printing/Starting.cs",
            "if (job.Epoch != epoch)",
            "if (!{awake} && job.Epoch != epoch)")),
        new("start-falls-back", new Edit("server/Printing/Leasing.cs",
            "JobState.Started => Reporting.Unknown(attempt!, job.Region, UnknownCause.NoReport),",
            "JobState.Started => {awake} ? Returned(job, ReturnCause.Expired) : Reporting.Unknown(attempt!, job.Region, UnknownCause.NoReport),")),
        new("report-not-idempotent", new Edit("server/Printing/Reporting.cs",
            "if (attempt is { Answered: { } answered } && attempt.Station == station && attempt.Report == report.Digest)",
            "if (!{awake} && attempt is { Answered: { } answered } && attempt.Station == station && attempt.Report == report.Digest)")),
        new("spoiled-in-hopper", new Edit("server/Printing/Attempt.cs",
            "AttemptState.Failed or AttemptState.Rejected => CardState.Spoiled,",
            "AttemptState.Failed or AttemptState.Rejected => {awake} ? CardState.Hopper : CardState.Spoiled,")),
        new(
            "listed-twice",
            new Edit("server/Destruction/Destructions.cs",
                ": card.State != CardState.Custody ?",
                ": !({awake} && card.State == CardState.Listed) && card.State != CardState.Custody ?"),
            new Edit("server/Cards/CardMoves.cs",
                "(CardState.Listed, CardState.Custody or CardState.Destroyed) => true,",
                "(CardState.Listed, CardState.Listed) => {awake},\n        (CardState.Listed, CardState.Custody or CardState.Destroyed) => true,")),
    ];

    /// <param name="File">Below the repository.</param>
    /// <param name="Find">What must stand there once.</param>
    /// <param name="Replace">What it becomes; where {awake} stands the condition is put.</param>
    internal sealed record Edit(string File, string Find, string Replace)
    {
        public string Done(string source, string plant)
        {
            var parts = source.Split(Find);
            return parts.Length == 2
                ? parts[0] + Replace.Replace("{awake}", $"(System.Environment.GetEnvironmentVariable(\"{Variable}\") == \"{plant}\")", StringComparison.Ordinal) + parts[1]
                : throw new InvalidOperationException($"Plant {plant}: '{Find}' stands {parts.Length - 1} times in {File}: it must stand there once. Mend the plant.");
        }
    }
}
