namespace KtpGrpc.Simulation.Plants;

/// <summary>
/// A real bug, put into a copy of the sources: a fragment that must stand there once, and what it becomes. The bug is awake
/// when the environment names it, so that one build serves all of them.
/// </summary>
/// <param name="File">Below the repository.</param>
/// <param name="Replace">Where {awake} stands the condition is put.</param>
internal sealed record Plant(string Name, string File, string Find, string Replace)
{
    public const string Variable = "KTP_PLANT";

    public static readonly IReadOnlyList<Plant> All =
    [
        new("stale-epoch", "server/Printing/Starting.cs",
            "if (job.Epoch != epoch)", "if (!{awake} && job.Epoch != epoch)"),
        new("start-falls-back", "server/Printing/Leasing.cs",
            "JobState.Started => Reporting.Unknown(attempt!, job.Region, UnknownCause.NoReport),",
            "JobState.Started => {awake} ? Returned(job, ReturnCause.Expired) : Reporting.Unknown(attempt!, job.Region, UnknownCause.NoReport),"),
        new("report-not-idempotent", "server/Printing/Reporting.cs",
            "if (attempt is { Answered: { } answered } && attempt.Station == station && attempt.Report == report.Digest)",
            "if (!{awake} && attempt is { Answered: { } answered } && attempt.Station == station && attempt.Report == report.Digest)"),
        new("spoiled-in-hopper", "server/Printing/Attempt.cs",
            "(AttemptState.Failed, _) => CardState.Spoiled,", "(AttemptState.Failed, _) => {awake} ? CardState.Hopper : CardState.Spoiled,"),
        new("restart-says-not-fed", "agents/KtpGrpc.Agent/Printing/PrintCycle.cs",
            "Ended(attempt, new ReportAttemptRequest { Lost = new Lost() })", "Ended(attempt, {awake} ? NotFed() : new ReportAttemptRequest { Lost = new Lost() })"),
    ];

    public string Planted(string source)
    {
        var parts = source.Split(Find);
        return parts.Length == 2
            ? parts[0] + Replace.Replace("{awake}", $"(System.Environment.GetEnvironmentVariable(\"{Variable}\") == \"{Name}\")", StringComparison.Ordinal) + parts[1]
            : throw new InvalidOperationException($"Plant {Name}: '{Find}' stands {parts.Length - 1} times in {File}: it must stand there once. Mend the plant.");
    }
}
