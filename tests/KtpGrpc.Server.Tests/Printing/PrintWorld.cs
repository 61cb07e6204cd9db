using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Printing;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using Xunit;

namespace KtpGrpc.Server.Tests.Printing;

/// <summary>
/// Jobs, stations and hoppers in memory, moved by the server's own rules; after each step it checks that no issuance can have
/// two cards, that each START has a blank of its own, that states add up and that epochs only rise.
/// </summary>
internal sealed class PrintWorld
{
    private readonly StationId[] _stations = [StationId.Trusted("53.71.04-1"), StationId.Trusted("53.71.05-1")];
    private readonly Dictionary<JobId, Job> _jobs = [];
    private readonly Dictionary<(JobId, long), Attempt> _attempts = [];
    private readonly SortedDictionary<long, (StationId Station, CardState State)> _cards = [];
    private readonly HashSet<long> _taken = [];
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch.AddYears(47);

    public PrintWorld(int jobs, int blanks)
    {
        for (var i = 0; i < jobs; i++)
        {
            var job = new Job(JobId.Trusted($"job-{i}"), new CitizenId($"{i}"), 1, $"{i}", RegionCode.Trusted("53.71"), JobPriority.Other, _now) { State = JobState.Ready };
            _jobs.Add(job.Id, job);
        }

        for (var i = 1; i <= blanks; i++)
        {
            _cards.Add(i, (_stations[i % 2], CardState.Hopper));
        }
    }

    public int Starts { get; private set; }

    public HashSet<JobState> Reached { get; } = [];

    public void Do(PrintStep step)
    {
        var job = _jobs.Values.ElementAt(step.Job % _jobs.Count);
        var station = _stations[step.Station % 2];
        var epoch = Math.Max(1, job.Epoch - step.Stale);
        var attempt = _attempts.GetValueOrDefault((job.Id, epoch));
        var fact = step.Kind switch
        {
            PrintStepKind.Lease => Leasing.MayLease(job, new Printer(station), _now) ? Leasing.Lease(job, station, _now) : null,
            PrintStepKind.Return => Accepted(Leasing.Return(job, station, epoch)),
            PrintStepKind.Start => Accepted(Starting.Start(job, job.State == JobState.Started ? attempt : null, station, epoch, $"HDP-{step.Printer % 2}", 7, Lowest(station), _now)),
            PrintStepKind.Report => Accepted(Reporting.Decide(
                job, attempt, new Report(epoch, $"HDP-{step.Printer % 2}", 7 + (ulong)(step.Printer / 2 % 2), step.Outcome, "", step.Outcome == ReportedOutcome.Printed ? $"chip-{step.Person}" : ""), station, BlankOf(attempt), _now)),
            PrintStepKind.Wait => Wait(TimeSpan.FromMinutes(step.Minutes)),
            PrintStepKind.Forget => job.Station == station ? Leasing.Forgotten(job, _attempts.GetValueOrDefault((job.Id, job.Epoch))) : null,
            PrintStepKind.Hold => Accepted(Steering.Hold(job, "stock")),
            PrintStepKind.Release => Accepted(Steering.Release(job)),
            PrintStepKind.Resolve => Accepted(Resolving.Resolve(job, attempt, epoch, step.Finding, $"chip-{step.Person}", attempt?.BlankSerial ?? 0, $"operator:{step.Person}", _now)),
            PrintStepKind.Verify => Accepted(Handing.Verify(job, Current(job), BlankOf(Current(job)), $"chip-{step.Person}", Current(job)?.BlankSerial ?? 0, step.Minutes > 1)),
            PrintStepKind.HandOver => Accepted(Handing.HandOver(job, Current(job), BlankOf(Current(job)))),
            PrintStepKind.TakeAway => TakeAway(Current(job)),
            _ => Accepted(Steering.Cancel(job, Current(job), BlankOf(Current(job)), "died")),
        };
        if (fact is not null)
        {
            Apply(fact);
        }

        Check();
    }

    /// <summary>A custodian or a witness takes a card out of the station's books; a count finds a missing blank again.</summary>
    private JobFact? TakeAway(Attempt? attempt)
    {
        if (attempt is not null && _cards[attempt.BlankSerial] is { State: CardState.Issued or CardState.Spoiled or CardState.Missing } card)
        {
            _cards[attempt.BlankSerial] = (card.Station, card.State == CardState.Missing ? CardState.Vault : CardState.Custody);
            _taken.Add(attempt.BlankSerial);
        }

        return null;
    }

    private JobFact? Wait(TimeSpan span)
    {
        _now += span;
        foreach (var job in _jobs.Values.Where(job => job.DueAt is not null).ToList())
        {
            if (Leasing.Due(job, _attempts.GetValueOrDefault((job.Id, job.Epoch)), _now) is { } fact)
            {
                Apply(fact);
            }
        }

        return null;
    }

    private void Apply(JobFact fact)
    {
        var id = JobId.Trusted(fact.JobId);
        var (before, after) = (_jobs[id], _jobs[id].After(fact));
        Assert.True(after.Epoch == before.Epoch || (fact is JobLeased && after.Epoch == before.Epoch + 1), "An epoch only rises, by leases.");
        Assert.False(before.State == JobState.Started && after.State == JobState.Ready && fact is not (AttemptFailed or AttemptNotFed), "A START never falls back to READY.");
        Assert.False(before.State is JobState.Verified or JobState.HandedOver && after.State is not (JobState.Verified or JobState.HandedOver or JobState.Cancelled), "What a person has verified stays so, or is cancelled.");
        Assert.False(before.State == JobState.HandedOver && after != before, "A card that was handed over is not the queue's any more.");
        Assert.False(before.State is JobState.Unknown or JobState.Printed && fact is JobLeased, "What may be printed is never lent again.");
        _jobs[id] = after;
        if (fact is AttemptStarted started)
        {
            Starts++;
            _attempts.Add((id, started.Epoch), Attempt.Of(started, _now));
            MoveCard(started.BlankSerial, CardState.Consuming);
        }
        else if (fact is AttemptFact settled)
        {
            Assert.Equal(before.Epoch, settled.Epoch);
            var attempt = _attempts[(id, settled.Epoch)];
            var next = _attempts[(id, settled.Epoch)] = attempt.After(settled, _now);
            if (attempt.Move(next) is { } to)
            {
                MoveCard(settled.BlankSerial, to);
            }
        }
    }

    private void MoveCard(long serial, CardState to)
    {
        Assert.True(CardMoves.IsAllowed(_cards[serial].State, to), $"A card went from {_cards[serial].State} to {to}.");
        _cards[serial] = (_cards[serial].Station, to);
    }

    private void Check()
    {
        foreach (var attempts in _attempts.Values.GroupBy(attempt => attempt.Job))
        {
            Assert.True(attempts.Count(attempt => attempt.State is AttemptState.Started or AttemptState.Unknown or AttemptState.Printed) <= 1, "Two attempts of an issuance may have made a card.");
        }

        var bound = _attempts.Values.Where(attempt => attempt.BlankBound).ToList();
        Assert.Equal(bound.Count, bound.Select(attempt => attempt.BlankSerial).Distinct().Count());
        Assert.All(bound.Where(attempt => !_taken.Contains(attempt.BlankSerial)), attempt => Assert.Equal(attempt.BlankIs, _cards[attempt.BlankSerial].State));
        Assert.All(_attempts.Values.Where(attempt => attempt.BlankStays), attempt => Assert.Contains(attempt.BlankSerial, _taken));
        Assert.All(_cards.Where(card => !_taken.Contains(card.Key) && card.Value.State == CardState.Missing), card =>
            Assert.Contains(_attempts.Values, attempt => attempt.BlankSerial == card.Key && attempt.State == AttemptState.Missing));
        Assert.Equal(_cards.Count(card => !_taken.Contains(card.Key) && card.Value.State is not (CardState.Hopper or CardState.Missing)), bound.Count(attempt => !_taken.Contains(attempt.BlankSerial)));
        Assert.All(_attempts.Values.Where(attempt => attempt.State is AttemptState.NotFed or AttemptState.Missing), attempt => Assert.False(attempt.BlankBound));
        Assert.Equal(Starts, _attempts.Count);
        Assert.All(_jobs.Values, job => Assert.Equal(job.State is JobState.Leased or JobState.Started, job.DueAt is not null));
        Assert.All(_jobs.Values.Where(job => job.State == JobState.Started), job => Assert.Equal(AttemptState.Started, _attempts[(job.Id, job.Epoch)].State));
        Assert.All(_attempts.Values.Where(attempt => attempt.State is AttemptState.Printed or AttemptState.Unknown), attempt =>
        {
            var job = _jobs[attempt.Job];
            Assert.Equal(job.Epoch, attempt.Epoch);
            Assert.Equal(attempt.State == AttemptState.Unknown, job.State == JobState.Unknown);
            Assert.True(job.State is JobState.Unknown or JobState.Printed or JobState.Verified or JobState.HandedOver, $"A card was printed, and its job is {job.State}.");
        });
        Reached.UnionWith(_jobs.Values.Select(job => job.State));
    }

    private long? Lowest(StationId station)
    {
        var free = _cards.Where(card => card.Value == (station, CardState.Hopper)).Select(card => card.Key).ToList();
        return free.Count > 0 ? free[0] : null;
    }

    private Attempt? Current(Job job) => _attempts.GetValueOrDefault((job.Id, job.Epoch));

    private Card? BlankOf(Attempt? attempt) =>
        attempt is null ? null : new Card(attempt.BlankSerial, attempt.Station.Region.Office, _cards[attempt.BlankSerial].State, _cards[attempt.BlankSerial].Station, null);

    private static JobFact? Accepted(Decision decision) => decision is Decision.Accept accept ? accept.Fact : null;
}

internal enum PrintStepKind
{
    Lease,
    Return,
    Start,
    Report,
    Wait,
    Forget,
    Hold,
    Release,
    Cancel,
    Resolve,
    Verify,
    HandOver,
    TakeAway,
}

internal sealed record PrintStep(PrintStepKind Kind, int Job, int Station, int Stale, int Printer, ReportedOutcome Outcome, int Minutes, Finding Finding, int Person);
