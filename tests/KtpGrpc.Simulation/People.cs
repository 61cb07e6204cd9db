using System.Globalization;
using Google.Protobuf;
using Ktp.Cards.V1;
using Ktp.Destruction.V1;
using Ktp.Printing.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using CardState = KtpGrpc.Server.Cards.CardState;
using JobState = KtpGrpc.Server.Printing.JobState;

namespace KtpGrpc.Simulation;

/// <summary>What people do: they feed and steer the queue, look for cards, keep the blanks. Each method tells whether there was anything to do.</summary>
internal sealed class People(World world)
{
    private const string Printing = "/ktp.printing.v1.PrintingService/";
    private const string Cards = "/ktp.cards.v1.CardService/";
    private const string Destruction = "/ktp.destruction.v1.DestructionService/";

    private readonly Caller _officer = Operator("officer", Role.Officer | Role.Viewer);
    private readonly Caller _second = Operator("second", Role.Officer | Role.Viewer);
    private readonly Caller _stock = Operator("stock", Role.StockOfficer | Role.Viewer);
    private readonly Caller _custodian = Operator("custodian", Role.Custodian | Role.Viewer);
    private readonly Caller[] _witnesses = [Operator("police", Role.Witness | Role.Viewer), Operator("inspector", Role.Witness | Role.Viewer)];
    private int _citizens;
    private int _requests;
    private long _blanks;
    private long _foreign = 5_000_000;

    public bool Enqueue()
    {
        if (_citizens == 30)
        {
            return false;
        }

        // Now and then the centre sends a record again.
        var citizen = _citizens > 0 && world.Chance.OneIn(5) ? 1 + world.Chance.Below(_citizens) : ++_citizens;
        world.Call<EnqueueJobRequest, EnqueueJobResponse>(Printing + "EnqueueJob", _officer, new EnqueueJobRequest
        {
            RequestId = Next(),
            Nik = string.Create(CultureInfo.InvariantCulture, $"537104010190{citizen:0000}"),
            Name = "Maria",
            IssuanceNumber = 1,
            RegionCode = $"53.7{1 + citizen % 2}",
            Priority = (JobPriority)(1 + citizen % 4),
            CardPayload = ByteString.CopyFromUtf8($"card {citizen}"),
        });
        return true;
    }

    public bool Hold() => OfJobs(JobState.Ready) is { } job && Do<HoldJobRequest, HoldJobResponse>("HoldJob", _officer, new HoldJobRequest { RequestId = Next(), JobId = job, Reason = "review" });

    public bool Release() => OfJobs(JobState.Held, JobState.Quarantined) is { } job
        && Do<ReleaseJobRequest, ReleaseJobResponse>("ReleaseJob", _officer, new ReleaseJobRequest { RequestId = Next(), JobId = job });

    public bool Cancel() => OfJobs(JobState.Ready, JobState.Leased, JobState.Started, JobState.Printed, JobState.Unknown) is { } job
        && Do<CancelJobRequest, CancelJobResponse>("CancelJob", _officer, new CancelJobRequest { RequestId = Next(), JobId = job, Reason = "died" });

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
        var request = new ResolveAttemptRequest
        {
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
        };
        return Do<ResolveAttemptRequest, ResolveAttemptResponse>("ResolveAttempt", world.Chance.OneIn(2) ? _officer : _second, Asked(request, r => r.RequestId = Next()));
    }

    public bool Verify() => OfJobs(JobState.Printed) is { } job && AttemptOf(job) is var (_, blank)
        && Do<VerifyCardRequest, VerifyCardResponse>("VerifyCard", _officer, new VerifyCardRequest
        {
            RequestId = Next(),
            JobId = job,
            ChipUid = $"04{blank:X12}",
            BlankSerial = blank,
            RecordMatches = !world.Chance.OneIn(6),
        });

    public bool HandOver() => OfJobs(JobState.Verified) is { } job
        && Do<HandOverCardRequest, HandOverCardResponse>("HandOverCard", _second, new HandOverCardRequest { RequestId = Next(), JobId = job });

    public bool Drain()
    {
        var station = world.Chance.Of(world.Stations).Id.Value;
        return Do<DrainPrinterRequest, DrainPrinterResponse>("DrainPrinter", _officer, new DrainPrinterRequest { RequestId = Next(), StationId = station, Reason = "cleaning" });
    }

    public bool Resume()
    {
        var station = world.Chance.Of(world.Stations).Id.Value;
        return Do<ResumePrinterRequest, ResumePrinterResponse>("ResumePrinter", _officer, new ResumePrinterRequest { RequestId = Next(), StationId = station });
    }

    public bool Receive()
    {
        if (_blanks >= 60)
        {
            return false;
        }

        var (first, count) = (_blanks + 1, 5 + world.Chance.Below(10));
        _blanks += count;
        return Keep<ReceiveBlanksRequest, ReceiveBlanksResponse>("ReceiveBlanks", _stock, new ReceiveBlanksRequest
        {
            RequestId = Next(),
            OfficeCode = world.Chance.Of(Machine.Offices),
            FirstSerial = first,
            Count = count,
            Counted = count,
            Document = "BA",
        });
    }

    /// <summary>Blanks go into the hopper as the books say: the lowest of the vault.</summary>
    public bool Load()
    {
        var station = world.Chance.Of(world.Stations);
        var count = 1 + world.Chance.Below(6);
        var before = InHopper(station.Id);
        var done = Keep<LoadHopperRequest, LoadHopperResponse>("LoadHopper", _stock, new LoadHopperRequest { RequestId = Next(), StationId = station.Id.Value, Count = count });
        station.Hopper.UnionWith(InHopper(station.Id).Except(before));
        return done;
    }

    public bool Unload()
    {
        var station = world.Chance.Of(world.Stations);
        var before = InHopper(station.Id);
        var done = Keep<UnloadHopperRequest, UnloadHopperResponse>(
            "UnloadHopper", _stock, new UnloadHopperRequest { RequestId = Next(), StationId = station.Id.Value, Counted = station.Hopper.Count });
        station.Hopper.ExceptWith(before.Except(InHopper(station.Id)));
        return done;
    }

    public bool Send()
    {
        var from = world.Chance.Below(2);
        return InVault(Machine.Offices[from]) is { Count: > 0 } blanks && Keep<SendTransferRequest, SendTransferResponse>("SendTransfer", _stock, new SendTransferRequest
        {
            RequestId = Next(),
            FromOfficeCode = Machine.Offices[from],
            ToOfficeCode = Machine.Offices[1 - from],
            Document = "BA",
            Serials = { Ranges(blanks.Take(1 + world.Chance.Below(4))) },
        });
    }

    /// <summary>What arrives may be less than was sent.</summary>
    public bool Arrive()
    {
        var sent = Serials("SELECT serial FROM cards WHERE state = 6 AND transfer_id = (SELECT MIN(transfer_id) FROM cards_transfers WHERE received_at IS NULL) ORDER BY serial");
        var transfer = world.Store.Look(tx => tx.FirstAsync("SELECT MIN(transfer_id) FROM cards_transfers WHERE received_at IS NULL", row => row.IsDBNull(0) ? null : row.GetString(0)));
        var arrived = sent.Where(_ => !world.Chance.OneIn(6)).ToList();
        return transfer is not null && Keep<ReceiveTransferRequest, ReceiveTransferResponse>("ReceiveTransfer", _stock, new ReceiveTransferRequest
        {
            RequestId = Next(),
            TransferId = transfer,
            Arrived = { Ranges(arrived) },
            Counted = arrived.Count,
        });
    }

    public bool Count()
    {
        var office = world.Chance.Of(Machine.Offices);
        var present = InVault(office).Where(_ => !world.Chance.OneIn(12)).ToList();
        return Keep<CountStockRequest, CountStockResponse>("CountStock", _stock, new CountStockRequest
        {
            RequestId = Next(),
            OfficeCode = office,
            Present = { Ranges(present) },
            Counted = present.Count,
        });
    }

    public bool TakeIntoCustody() => Serials("SELECT serial FROM cards WHERE state = 5 ORDER BY serial") is { Count: > 0 } spoiled
        && world.Chance.Of(spoiled) is var serial
        && Keep<TakeIntoCustodyRequest, TakeIntoCustodyResponse>(
            "TakeIntoCustody", _custodian, new TakeIntoCustodyRequest { RequestId = Next(), OfficeCode = OfficeOf(serial), Serials = { serial } });

    public bool Withdraw()
    {
        var issued = Serials("SELECT serial FROM cards WHERE state = 4 ORDER BY serial");
        var serial = issued.Count > 0 && !world.Chance.OneIn(3) ? world.Chance.Of(issued) : ++_foreign;
        return Keep<WithdrawCardRequest, WithdrawCardResponse>("WithdrawCard", _officer, new WithdrawCardRequest
        {
            RequestId = Next(),
            OfficeCode = world.Chance.Of(Machine.Offices),
            Serial = serial,
            Reason = InvalidReason.Moved,
        });
    }

    public bool Explain()
    {
        var station = world.Chance.Of(world.Stations).Id.Value;
        var picks = world.Store.Look(tx => tx.NumberAsync("SELECT unexplained FROM printing_printers WHERE station_id = $1", station));
        return picks > 0 && Do<ExplainPicksRequest, ExplainPicksResponse>(
            "ExplainPicks", _officer, new ExplainPicksRequest { RequestId = Next(), StationId = station, Picks = 1 + world.Chance.Below((int)picks), Reason = "test cards" });
    }

    /// <summary>Takes a destruction a step on, or opens one where there is something to burn.</summary>
    public bool Destroy()
    {
        var office = world.Chance.Of(Machine.Offices);
        var kept = Serials($"SELECT serial FROM cards WHERE state = 7 AND office = '{office}' ORDER BY serial");
        if (world.Store.Look(tx => tx.FirstAsync<(string Id, long State)?>(
            "SELECT destruction_id, state FROM destructions WHERE office = $1 AND state <> 3 ORDER BY destruction_id DESC LIMIT 1",
            row => (row.GetString(0), row.GetInt64(1)), office)) is not var (id, state))
        {
            return kept.Count > 0 && Burn<OpenDestructionRequest, OpenDestructionResponse>("OpenDestruction", _custodian, new OpenDestructionRequest
            {
                RequestId = Next(),
                OfficeCode = office,
                Method = DestructionMethod.Fire,
                Place = "yard",
            });
        }

        var totals = world.Store.Look(tx => tx.ListAsync(
            "SELECT reason, cards FROM destruction_totals WHERE destruction_id = $1 AND cards > 0", row => new ReasonTotal { Reason = (InvalidReason)row.GetInt64(0), Cards = row.GetInt64(1) }, id));
        var listed = totals.Sum(total => total.Cards);
        return (state, world.Chance.Below(8)) switch
        {
            // Somebody opens a second one beside it.
            (_, 0) => Burn<OpenDestructionRequest, OpenDestructionResponse>(
                "OpenDestruction", _custodian, new OpenDestructionRequest { RequestId = Next(), OfficeCode = office, Method = DestructionMethod.Shredder, Place = "yard" }),
            (1, 1) when listed > 0 => Burn<UnlistCardsRequest, UnlistCardsResponse>(
                "UnlistCards", _custodian, new UnlistCardsRequest { RequestId = Next(), DestructionId = id, Serials = { Serials($"SELECT serial FROM cards WHERE destruction_id = '{id}' AND state = 8 LIMIT 1") } }),

            // A list may name what is on another list, too.
            (1, < 6) when kept.Count > 0 || world.Chance.OneIn(3) => Serials($"SELECT serial FROM cards WHERE state IN (7, 8) AND office = '{office}' ORDER BY state, serial LIMIT {1 + world.Chance.Below(3)}") is { Count: > 0 } some
                && Burn<ListCardsRequest, ListCardsResponse>("ListCards", _custodian, new ListCardsRequest { RequestId = Next(), DestructionId = id, Serials = { some } }),
            (1, _) => Burn<CloseListRequest, CloseListResponse>(
                "CloseList", _custodian, new CloseListRequest { RequestId = Next(), DestructionId = id, Total = listed + (world.Chance.OneIn(6) ? 1 : 0), Totals = { totals } }),
            (_, 1) => Burn<ReopenListRequest, ReopenListResponse>("ReopenList", _custodian, new ReopenListRequest { RequestId = Next(), DestructionId = id, Reason = "one more" }),
            (_, < 3) => Burn<SealDestructionRequest, SealDestructionResponse>("SealDestruction", _custodian, new SealDestructionRequest { RequestId = Next(), DestructionId = id }),
            (_, 3) => Sign(id, _custodian, SignatoryRole.Custodian, listed),
            _ => Sign(id, world.Chance.OneIn(8) ? _custodian : world.Chance.Of(_witnesses), SignatoryRole.Witness, listed),
        };
    }

    private bool Sign(string id, Caller who, SignatoryRole role, long total) => Burn<SignDestructionRequest, SignDestructionResponse>("SignDestruction", who, new SignDestructionRequest
    {
        RequestId = Next(),
        DestructionId = id,
        Role = role,
        OnBehalfOf = who.Name,
        Total = total,
    });

    private bool Burn<TRequest, TResponse>(string method, Caller caller, TRequest request) where TRequest : class, IMessage where TResponse : class
    {
        world.Call<TRequest, TResponse>(Destruction + method, caller, request);
        return true;
    }

    private bool Do<TRequest, TResponse>(string method, Caller caller, TRequest request) where TRequest : class, IMessage where TResponse : class
    {
        world.Call<TRequest, TResponse>(Printing + method, caller, request);
        return true;
    }

    private bool Keep<TRequest, TResponse>(string method, Caller caller, TRequest request) where TRequest : class, IMessage where TResponse : class
    {
        world.Call<TRequest, TResponse>(Cards + method, caller, request);
        return true;
    }

    private static T Asked<T>(T request, Action<T> fill)
    {
        fill(request);
        return request;
    }

    private string Next() => $"r{++_requests}";

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

    private List<long> InVault(string office) => world.Store.Look(tx => tx.ListAsync("SELECT serial FROM cards WHERE state = 1 AND office = $1 ORDER BY serial", row => row.GetInt64(0), office));

    private List<long> InHopper(StationId station) => world.Store.Look(tx => tx.ListAsync("SELECT serial FROM cards WHERE state = 2 AND station_id = $1 ORDER BY serial", row => row.GetInt64(0), station.Value));

    private List<long> Serials(string sql) => world.Store.Look(tx => tx.ListAsync(sql, row => row.GetInt64(0)));

    private string OfficeOf(long serial) => world.Store.Look(tx => tx.FirstAsync("SELECT office FROM cards WHERE serial = $1", row => row.GetString(0), serial))!;

    private static IEnumerable<SerialRange> Ranges(IEnumerable<long> serials) => Server.Cards.SerialRange.Of(serials).Select(range => new SerialRange { First = range.First, Last = range.Last });

    private static Caller Operator(string name, Role roles) => new(CallerKind.Operator, name, roles, RegionCode.Country);
}
