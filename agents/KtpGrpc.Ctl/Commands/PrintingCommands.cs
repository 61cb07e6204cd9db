using System.CommandLine;
using Ktp.Printing.V1;
using Client = Ktp.Printing.V1.PrintingService.PrintingServiceClient;

namespace KtpGrpc.Ctl.Commands;

/// <summary>The print queue, its printers, and what runs out when.</summary>
internal static class PrintingCommands
{
    public static Command Make(Terminal terminal, GlobalOptions global)
    {
        Verb New(string name, string description) => new(name, description, terminal, global);
        return new Command("printing", "The queue of cards owed to citizens, and its printers.")
        {
            List(New("list", "The jobs of a region, oldest first.")),
            Totals(New("totals", "How many jobs of a region are in which state.")),
            Hold(New("hold", "Park a waiting job, with a reason.")),
            Release(New("release", "Let a parked or quarantined job go on.")),
            Cancel(New("cancel", "Cancel a job.")),
            Resolve(New("resolve", "Say what became of an attempt that nobody knows the end of; you looked.")),
            Verify(New("verify", "Compare a printed card with its record before it is handed over.")),
            HandOver(New("hand-over", "Give a verified card to its citizen.")),
            Drain(New("drain", "Take a station's printer out of the queue.")),
            Resume(New("resume", "Put a drained printer back.")),
            PrintRegion(New("print-region", "Say for which region a station prints.")),
            Printers(New("printers", "The printers of a region.")),
            Explain(New("explain", "Say what became of cards that a printer picked and no attempt explains.")),
            Forecast(New("forecast", "When blanks and ribbons run out in each office of a region.")),
            Collect(New("collect", "Propose one trip to collect blanks for the offices that run short.")),
        };
    }

    private static Verb List(Verb verb)
    {
        var (region, state) = (Region(verb), verb.TakesWord("--state", "Only jobs in this state.", Words.JobState));
        return verb.Does(call => call.ShowAllAsync(
            token => new Client(call.Server()).ListJobsAsync(
                new ListJobsRequest { RegionCode = call.Get(region), State = call.Get<JobState>(state, Words.JobState), PageSize = 1000, PageToken = token }, cancellationToken: call.Cancellation),
            page => (page.Jobs, page.NextPageToken)));
    }

    private static Verb Totals(Verb verb)
    {
        var region = Region(verb);
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).GetTotalsAsync(new GetTotalsRequest { RegionCode = call.Get(region) }, cancellationToken: call.Cancellation)));
    }

    private static Verb Hold(Verb verb)
    {
        var (job, reason) = (Job(verb), Reason(verb));
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).HoldJobAsync(
            new HoldJobRequest { RequestId = call.RequestId(), JobId = call.Get(job), Reason = call.Need(reason) }, cancellationToken: call.Cancellation)));
    }

    private static Verb Release(Verb verb)
    {
        var job = Job(verb);
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).ReleaseJobAsync(
            new ReleaseJobRequest { RequestId = call.RequestId(), JobId = call.Get(job) }, cancellationToken: call.Cancellation)));
    }

    private static Verb Cancel(Verb verb)
    {
        var (job, reason) = (Job(verb), Reason(verb));
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).CancelJobAsync(
            new CancelJobRequest { RequestId = call.RequestId(), JobId = call.Get(job), Reason = call.Need(reason) }, cancellationToken: call.Cancellation)));
    }

    private static Verb Resolve(Verb verb)
    {
        var (job, epoch) = (Job(verb), verb.Wants<long>("EPOCH", "The attempt, as `printing list` tells."));
        var finding = verb.NeedsWord("--finding", "What you found; no-card takes a second person.", Words.Finding);
        var (chip, serial) = (verb.Takes<string>("--chip", "What the chip said, for printed."), verb.Takes<long>("--serial", "The serial on the card that you found."));
        return verb.Does(call =>
        {
            var found = call.Get<Finding>(finding, Words.Finding);
            RequireFound(found, call.Get(serial), call.Get(chip));
            return call.ShowAsync(new Client(call.Server()).ResolveAttemptAsync(
                new ResolveAttemptRequest
                {
                    RequestId = call.RequestId(),
                    JobId = call.Get(job),
                    Epoch = call.Get(epoch),
                    Finding = found,
                    ChipUid = call.Get(chip) ?? "",
                    BlankSerial = call.Get(serial),
                },
                cancellationToken: call.Cancellation));
        });
    }

    /// <summary>Whoever found a card says which; a finding that contradicts itself is a slip of the finger.</summary>
    private static void RequireFound(Finding finding, long serial, string? chip)
    {
        if (finding == Finding.NoCard && (serial != 0 || chip is not null))
        {
            throw new UsageException("--finding no-card takes neither --serial nor --chip: a card that has them was found.");
        }

        if (finding != Finding.NoCard && serial == 0)
        {
            throw new UsageException("--finding needs --serial, the number on what you found; only no-card takes none.");
        }

        if (finding == Finding.Printed != chip is not null)
        {
            throw new UsageException("--finding printed needs --chip, what the chip said; no other finding takes it.");
        }
    }

    private static Verb Verify(Verb verb)
    {
        var job = Job(verb);
        var (chip, serial) = (verb.Needs<string>("--chip", "What the chip says, read now."), verb.Needs<long>("--serial", "The serial on the card."));
        var record = verb.Needs<string>("--record", "Whether the record in the chip is the one that was ordered: matches or differs.");
        record.AcceptOnlyFromAmong("matches", "differs");
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).VerifyCardAsync(
            new VerifyCardRequest
            {
                RequestId = call.RequestId(),
                JobId = call.Get(job),
                ChipUid = call.Need(chip),
                BlankSerial = call.Need(serial),
                RecordMatches = call.Need(record) == "matches",
            },
            cancellationToken: call.Cancellation)));
    }

    private static Verb HandOver(Verb verb)
    {
        var job = Job(verb);
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).HandOverCardAsync(
            new HandOverCardRequest { RequestId = call.RequestId(), JobId = call.Get(job) }, cancellationToken: call.Cancellation)));
    }

    private static Verb Drain(Verb verb)
    {
        var (station, reason) = (Station(verb), Reason(verb));
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).DrainPrinterAsync(
            new DrainPrinterRequest { RequestId = call.RequestId(), StationId = call.Get(station), Reason = call.Need(reason) }, cancellationToken: call.Cancellation)));
    }

    private static Verb Resume(Verb verb)
    {
        var station = Station(verb);
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).ResumePrinterAsync(
            new ResumePrinterRequest { RequestId = call.RequestId(), StationId = call.Get(station) }, cancellationToken: call.Cancellation)));
    }

    private static Verb PrintRegion(Verb verb)
    {
        var (station, region) = (Station(verb), Offices(verb));
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).SetPrintRegionAsync(
            new SetPrintRegionRequest { RequestId = call.RequestId(), StationId = call.Get(station), PrintRegionCode = call.Get(region) }, cancellationToken: call.Cancellation)));
    }

    private static Verb Printers(Verb verb)
    {
        var region = Region(verb);
        return verb.Does(call => call.ShowAllAsync(
            token => new Client(call.Server()).ListPrintersAsync(new ListPrintersRequest { RegionCode = call.Get(region), PageSize = 1000, PageToken = token }, cancellationToken: call.Cancellation),
            page => (page.Printers, page.NextPageToken)));
    }

    private static Verb Explain(Verb verb)
    {
        var (station, picks, reason) = (Station(verb), verb.Wants<long>("PICKS", "How many cards."), Reason(verb));
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).ExplainPicksAsync(
            new ExplainPicksRequest { RequestId = call.RequestId(), StationId = call.Get(station), Picks = call.Get(picks), Reason = call.Need(reason) }, cancellationToken: call.Cancellation)));
    }

    private static Verb Forecast(Verb verb)
    {
        var region = Offices(verb);
        return verb.Does(async call => call.Terminal.Show(
            (await new Client(call.Server()).GetForecastAsync(new GetForecastRequest { RegionCode = call.Get(region) }, cancellationToken: call.Cancellation)).Forecasts, call.Json));
    }

    private static Verb Collect(Verb verb)
    {
        var region = Offices(verb);
        var (available, days) = (verb.Needs<long>("--available", "Blanks that can be collected."), verb.Needs<int>("--days", "Days that they are to last."));
        return verb.Does(async call =>
        {
            var proposed = await new Client(call.Server()).ProposeCollectionAsync(
                new ProposeCollectionRequest { RegionCode = call.Get(region), Available = call.Need(available), Days = call.Need(days) }, cancellationToken: call.Cancellation);
            if (call.Json)
            {
                call.Terminal.Show(proposed, json: true);
                return;
            }

            call.Terminal.Show(proposed.Shares, json: false);
            call.Terminal.Say($"left\t{proposed.Left}");
        });
    }

    private static Argument<string> Region(Verb verb) => verb.Wants<string>("REGION", "PP, PP.KK, PP.KK.DD; \"\" for the whole country.");

    /// <summary>Where a district would be refused: it has no office, and no printer prints for it alone.</summary>
    private static Argument<string> Offices(Verb verb) => verb.Wants<string>("REGION", "PP or PP.KK; \"\" for the whole country.");

    private static Argument<string> Station(Verb verb) => verb.Wants<string>("STATION", "PP.KK.DD-N");

    private static Argument<string> Job(Verb verb) => verb.Wants<string>("JOB", "Its id, as `printing list` tells.");

    private static Option<string> Reason(Verb verb) => verb.Needs<string>("--reason", "Why; 1 to 200 characters, no NIK.");
}
