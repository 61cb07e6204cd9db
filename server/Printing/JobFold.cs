using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Printing;

/// <summary>
/// How the facts of printing change tables: a job, its attempt, the blank in the ledger of cards, the printer and what it used, and
/// the region's totals, touched in this order, so that no two transactions wait for each other.
/// </summary>
internal static class JobFold
{
    public static void AddTo(FactCatalog catalog)
    {
        catalog.AddTables("printing_jobs", "printing_attempts", "printing_refused_reports", "printing_totals", "printing_use");
        catalog.Add(JobEnqueued.Kind, JobJson.Default.JobEnqueued, ApplyAsync);
        catalog.Add<JobHeld, LockedJob>(JobHeld.Kind, JobJson.Default.JobHeld, ApplyAsync);
        catalog.Add<JobReleased, LockedJob>(JobReleased.Kind, JobJson.Default.JobReleased, ApplyAsync);
        catalog.Add<JobCancelled, LockedJob>(JobCancelled.Kind, JobJson.Default.JobCancelled, ApplyAsync);
        catalog.Add<CancelRequested, LockedJob>(CancelRequested.Kind, JobJson.Default.CancelRequested, ApplyAsync);
        catalog.Add<JobLeased, LockedJob>(JobLeased.Kind, JobJson.Default.JobLeased, ApplyAsync);
        catalog.Add<JobReturned, LockedJob>(JobReturned.Kind, JobJson.Default.JobReturned, ApplyAsync);
        catalog.Add<AttemptStarted, LockedJob>(AttemptStarted.Kind, JobJson.Default.AttemptStarted, ApplyAsync);
        catalog.Add<AttemptPrinted, LockedJob>(AttemptPrinted.Kind, JobJson.Default.AttemptPrinted, ApplyAsync);
        catalog.Add<AttemptFailed, LockedJob>(AttemptFailed.Kind, JobJson.Default.AttemptFailed, ApplyAsync);
        catalog.Add<AttemptNotFed, LockedJob>(AttemptNotFed.Kind, JobJson.Default.AttemptNotFed, ApplyAsync);
        catalog.Add<AttemptUnknown, LockedJob>(AttemptUnknown.Kind, JobJson.Default.AttemptUnknown, ApplyAsync);
        catalog.Add<NoCardFound, LockedJob>(NoCardFound.Kind, JobJson.Default.NoCardFound, ApplyAsync);
        catalog.Add<AttemptResolved, LockedJob>(AttemptResolved.Kind, JobJson.Default.AttemptResolved, ApplyAsync);
        catalog.Add<CardVerified, LockedJob>(CardVerified.Kind, JobJson.Default.CardVerified, ApplyAsync);
        catalog.Add<CardSpoiled, LockedJob>(CardSpoiled.Kind, JobJson.Default.CardSpoiled, ApplyAsync);
        catalog.Add<CardHandedOver, LockedJob>(CardHandedOver.Kind, JobJson.Default.CardHandedOver, ApplyAsync);
        catalog.Add(ReportRefused.Kind, JobJson.Default.ReportRefused, (tx, at, fact) => AttemptStore.InsertRefusedAsync(tx, fact, at));
    }

    /// <summary>The column of the totals that counts a state.</summary>
    public static string Column(JobState state) => state switch
    {
        JobState.Held => "held",
        JobState.Ready => "ready",
        JobState.Leased => "leased",
        JobState.Started => "started",
        JobState.Printed => "printed",
        JobState.Quarantined => "quarantined",
        JobState.Unknown => "unknown",
        JobState.Cancelled => "cancelled",
        JobState.Verified => "verified",
        JobState.HandedOver => "handed_over",
        _ => throw new InvalidDataException($"No total is kept of {state}."),
    };

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, JobEnqueued fact)
    {
        var state = fact.HeldReason.Length > 0 ? JobState.Held : JobState.Ready;
        await tx.ExecuteAsync(
            """
            INSERT INTO printing_jobs (job_id, citizen_id, issuance_number, issuance_id, region, office, priority, enqueued_at, ranked_at, state, reason, epoch,
              print_failures, encode_failures, feed_failures, replaces_serial)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, 0, 0, $12)
            """,
            fact.JobId, fact.CitizenId, fact.IssuanceNumber, fact.IssuanceId, fact.Region, RegionCode.Trusted(fact.Region).Office.Value, fact.Priority, at,
            Ranking.RankedAt(at, fact.Priority), state, fact.HeldReason, fact.ReplacesSerial);
        await tx.ExecuteAsync(
            $"""
            INSERT INTO printing_totals (region, enqueued, {Column(state)}) VALUES ($1, 1, 1)
            ON CONFLICT (region) DO UPDATE SET enqueued = printing_totals.enqueued + 1, {Column(state)} = printing_totals.{Column(state)} + 1
            """,
            fact.Region);
    }

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, JobFact fact, LockedJob? locked)
    {
        var before = locked?.Job ?? await JobStore.FindAsync(tx, JobId.Trusted(fact.JobId)) ?? throw new InvalidDataException($"There is no {fact.Subject}.");
        var after = before.After(fact);
        await SaveAsync(tx, after);
        if (fact is AttemptFact attempt)
        {
            await ApplyToAttemptAsync(tx, at, attempt, locked?.Attempt);
        }

        if (fact is CardHandedOver)
        {
            await SuketStore.ReplaceAsync(tx, before.Citizen.Value, at);
        }

        if (before.State != after.State)
        {
            var (from, to) = (Column(before.State), Column(after.State));
            await tx.ExecuteAsync($"UPDATE printing_totals SET {from} = {from} - 1, {to} = {to} + 1 WHERE region = $1", fact.Region);
        }
    }

    private static async ValueTask ApplyToAttemptAsync(Tx tx, DateTimeOffset at, AttemptFact fact, Attempt? locked)
    {
        if (fact is AttemptStarted started)
        {
            var attempt = Attempt.Of(started, at);
            await AttemptStore.InsertAsync(tx, attempt);
            await CardFold.MoveAsync(tx, fact.BlankSerial, CardState.Consuming);
            await PrinterStore.StartAsync(tx, attempt);
            await UseStore.StartAsync(tx, attempt);
            return;
        }

        var before = (locked?.Epoch == fact.Epoch ? locked : await AttemptStore.FindAsync(tx, JobId.Trusted(fact.JobId), fact.Epoch))
            ?? throw new InvalidDataException($"There is no attempt {fact.Epoch} of {fact.Subject}.");
        var after = before.After(fact, at);
        await AttemptStore.SaveAsync(tx, after);
        if (before.Move(after) is { } to)
        {
            await CardFold.MoveAsync(tx, fact.BlankSerial, to, after.SpoiledReason);
        }

        await PrinterStore.FollowAsync(tx, before, after);
        await UseStore.FollowAsync(tx, before, after);
    }

    private static async ValueTask SaveAsync(Tx tx, Job job) => await tx.ExecuteAsync(
        """
        UPDATE printing_jobs SET state = $1, reason = $2, epoch = $3, station_id = $4, due_at = $5, print_failures = $6, encode_failures = $7,
          feed_failures = $8, avoided_station_id = $9, avoided_until = $10, cancel_reason = $11
        WHERE job_id = $12
        """,
        job.State, job.Reason, job.Epoch, job.Station?.Value, job.DueAt, job.Failures.Print, job.Failures.Encode, job.Failures.Feed,
        job.AvoidedStation?.Value, job.AvoidedUntil, job.CancelReason, job.Id.Value);
}
