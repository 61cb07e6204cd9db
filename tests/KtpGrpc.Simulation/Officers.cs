using System.Globalization;
using Google.Protobuf;
using Ktp.Cards.V1;
using Ktp.Printing.V1;
using KtpGrpc.Server.Rpc;
using JobState = KtpGrpc.Server.Printing.JobState;

namespace KtpGrpc.Simulation;

/// <summary>What officers do: they feed and steer the queue, look for cards, hand them over and take old ones back. Each method tells whether there was anything to do.</summary>
internal sealed class Officers(World world)
{
    private const string Printing = "/ktp.printing.v1.PrintingService/";
    private const string Cards = "/ktp.cards.v1.CardService/";

    private readonly Caller _officer = World.Person("officer", Role.Officer);
    private readonly Caller _second = World.Person("second", Role.Officer);
    private int _citizens;
    private long _foreign = 5_000_000;

    public bool Enqueue()
    {
        if (_citizens == 30)
        {
            return false;
        }

        // Now and then the centre sends a record again.
        var citizen = _citizens > 0 && world.Chance.OneIn(5) ? 1 + world.Chance.Below(_citizens) : ++_citizens;
        return world.Call<EnqueueJobRequest, EnqueueJobResponse>(Printing + "EnqueueJob", _officer, new EnqueueJobRequest
        {
            RequestId = world.NextRequest(),
            Nik = string.Create(CultureInfo.InvariantCulture, $"537104010190{citizen:0000}"),
            Name = "Maria",
            IssuanceNumber = 1,
            RegionCode = $"53.7{1 + citizen % 2}",
            Priority = (JobPriority)(1 + citizen % 4),
            CardPayload = ByteString.CopyFromUtf8($"card {citizen}"),
        });
    }

    public bool Hold() => OfJobs(JobState.Ready) is { } job
        && world.Call<HoldJobRequest, HoldJobResponse>(Printing + "HoldJob", _officer, new HoldJobRequest { RequestId = world.NextRequest(), JobId = job, Reason = "review" });

    public bool Release() => OfJobs(JobState.Held, JobState.Quarantined) is { } job
        && world.Call<ReleaseJobRequest, ReleaseJobResponse>(Printing + "ReleaseJob", _officer, new ReleaseJobRequest { RequestId = world.NextRequest(), JobId = job });

    public bool Cancel() => OfJobs(JobState.Ready, JobState.Leased, JobState.Started, JobState.Printed, JobState.Unknown) is { } job
        && world.Call<CancelJobRequest, CancelJobResponse>(Printing + "CancelJob", _officer, new CancelJobRequest { RequestId = world.NextRequest(), JobId = job, Reason = "died" });

    /// <summary>Looks where an attempt of which nobody knows has left its blank, and says what is there.</summary>
    public bool Resolve()
    {
        if (OfJobs(JobState.Unknown) is not { } job || AttemptOf(job) is not var (epoch, blank) || FeedOf(job, blank) is { Fate: Fate.Waiting })
        {
            return false;
        }

        // Nobody is there within half a minute, and by then the agent knows whether it was let start.
        world.Wire.GiveUp(world.Stations.Single(station => station.Id.Value == StationOf(job)));
        var fate = FeedOf(job, blank)?.Fate ?? Fate.NotFed;
        return world.Call<ResolveAttemptRequest, ResolveAttemptResponse>(Printing + "ResolveAttempt", world.Chance.OneIn(2) ? _officer : _second, new ResolveAttemptRequest
        {
            RequestId = world.NextRequest(),
            JobId = job,
            Epoch = epoch,
            Finding = fate switch
            {
                Fate.Good => Finding.Printed,
                Fate.PrintFailed => Finding.PrintFailed,
                Fate.EncodeFailed => Finding.EncodeFailed,
                Fate.Jammed => Finding.FeedFailed,
                Fate.NotFed => Finding.NotFed,
                _ => Finding.NoCard,
            },
            ChipUid = fate == Fate.Good ? $"04{blank:X12}" : "",
            BlankSerial = fate == Fate.Vanished ? 0 : blank,
        });
    }

    public bool Verify() => OfJobs(JobState.Printed) is { } job && AttemptOf(job) is var (_, blank)
        && world.Call<VerifyCardRequest, VerifyCardResponse>(Printing + "VerifyCard", _officer, new VerifyCardRequest
        {
            RequestId = world.NextRequest(),
            JobId = job,
            ChipUid = $"04{blank:X12}",
            BlankSerial = blank,
            RecordMatches = !world.Chance.OneIn(6),
        });

    public bool HandOver() => OfJobs(JobState.Verified) is { } job
        && world.Call<HandOverCardRequest, HandOverCardResponse>(Printing + "HandOverCard", _second, new HandOverCardRequest { RequestId = world.NextRequest(), JobId = job });

    public bool Drain()
    {
        var station = world.Chance.Of(world.Stations).Id.Value;
        return world.Call<DrainPrinterRequest, DrainPrinterResponse>(Printing + "DrainPrinter", _officer, new DrainPrinterRequest { RequestId = world.NextRequest(), StationId = station, Reason = "cleaning" });
    }

    public bool Resume()
    {
        var station = world.Chance.Of(world.Stations).Id.Value;
        return world.Call<ResumePrinterRequest, ResumePrinterResponse>(Printing + "ResumePrinter", _officer, new ResumePrinterRequest { RequestId = world.NextRequest(), StationId = station });
    }

    public bool Explain()
    {
        var station = world.Chance.Of(world.Stations).Id.Value;
        var picks = world.Store.Look(tx => tx.NumberAsync("SELECT unexplained FROM printing_printers WHERE station_id = $1", station));
        return picks > 0 && world.Call<ExplainPicksRequest, ExplainPicksResponse>(
            Printing + "ExplainPicks", _officer, new ExplainPicksRequest { RequestId = world.NextRequest(), StationId = station, Picks = 1 + world.Chance.Below((int)picks), Reason = "test cards" });
    }

    public bool Withdraw()
    {
        var issued = world.Serials("SELECT serial FROM cards WHERE state = 4 ORDER BY serial");
        var serial = issued.Count > 0 && !world.Chance.OneIn(3) ? world.Chance.Of(issued) : ++_foreign;
        return world.Call<WithdrawCardRequest, WithdrawCardResponse>(Cards + "WithdrawCard", _officer, new WithdrawCardRequest
        {
            RequestId = world.NextRequest(),
            OfficeCode = world.Chance.Of(Machine.Offices),
            Serial = serial,
            Reason = InvalidReason.Moved,
        });
    }

    private string? OfJobs(params JobState[] states)
    {
        var jobs = world.Store.Look(tx => tx.ListAsync(
            $"SELECT job_id FROM printing_jobs WHERE state IN ({string.Join(", ", states.Select(state => (int)state))}) ORDER BY job_id", row => row.GetString(0)));
        return jobs.Count > 0 ? world.Chance.Of(jobs) : null;
    }

    private (long Epoch, long Blank)? AttemptOf(string job) => world.Store.Look(tx => tx.FirstAsync<(long, long)?>(
        "SELECT a.epoch, a.blank_serial FROM printing_attempts a JOIN printing_jobs j ON j.job_id = a.job_id AND j.epoch = a.epoch WHERE a.job_id = $1",
        row => (row.GetInt64(0), row.GetInt64(1)), job));

    private string StationOf(string job) => world.Store.Look(tx => tx.FirstAsync("SELECT station_id FROM printing_jobs WHERE job_id = $1", row => row.GetString(0), job))!;

    /// <summary>The order that an attempt gave a printer, where it came so far.</summary>
    private Feed? FeedOf(string job, long blank)
    {
        var issuance = world.Store.Look(tx => tx.FirstAsync("SELECT issuance_id FROM printing_jobs WHERE job_id = $1", row => row.GetString(0), job));
        return world.Feeds.LastOrDefault(feed => feed.IssuanceId == issuance && feed.Blank == blank);
    }
}
