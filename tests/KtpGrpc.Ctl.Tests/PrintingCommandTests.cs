using Ktp.Cards.V1;
using Ktp.Printing.V1;
using KtpGrpc.Server.Rpc;
using Xunit;

namespace KtpGrpc.Ctl.Tests;

public sealed class PrintingCommandTests
{
    private const string Officer = "officer-2";

    [Fact]
    public async Task Card_ThatMatches_IsVerifiedAndHandedOver()
    {
        await using var office = await Office.OpenAsync();
        await office.ReceiveAsync();
        var station = await office.JoinPrinterAsync();
        await office.EnqueueAsync();
        var (started, blank) = await station.StartAsync();
        string[] verify = ["printing", "verify", started.JobId, "--chip", PrintStation.Chip, "--serial", $"{blank}", "--record", "matches"];
        await office.RefusesAsync(Officer, Exit.Failed, "The job is STARTED: only a printed card is verified. Wait until its card is printed.", verify);
        await station.PrintedAsync(started);

        await office.RefusesAsync(Officer, Exit.Failed, "The job is PRINTED: only a verified card is handed over. Verify it first.", "printing", "hand-over", started.JobId);
        await office.RefusesAsync(Officer, Exit.Failed, $"The job's card is {blank}, not 77: take the right one", "printing", "verify", started.JobId, "--chip", PrintStation.Chip, "--serial", "77", "--record", "matches");
        await office.RefusesAsync(Officer, Exit.WrongUse, "'perhaps' not recognized", "printing", "verify", started.JobId, "--chip", PrintStation.Chip, "--serial", "1", "--record", "perhaps");
        await office.RefusesAsync("inspectorate", Exit.Failed, "An admin gives roles and regions", verify);
        var verified = await office.OneAsync<VerifyCardResponse>(Officer, verify);
        var given = await office.OneAsync<HandOverCardResponse>(Officer, "printing", "hand-over", started.JobId);

        Assert.Equal((JobState.Verified, JobState.HandedOver), (verified.Job.State, given.Job.State));
        await office.RefusesAsync(Officer, Exit.Failed, "The job is HANDED_OVER: only a printed card is verified. Nothing is left to do.", verify);
        await office.RefusesAsync(Officer, Exit.Failed, "Its card was handed over: withdraw the card.", "printing", "cancel", started.JobId, "--reason", "Pindah");
        Assert.Empty(await office.Server.FaultsAsync());
    }

    [Theory]
    [InlineData("matches", "04FF")]
    [InlineData("differs", PrintStation.Chip)]
    public async Task Card_ThatDiffers_IsSpoiledAndItsJobWaitsForAPerson(string record, string chip)
    {
        await using var office = await Office.OpenAsync();
        await office.ReceiveAsync();
        var station = await office.JoinPrinterAsync();
        await office.EnqueueAsync();
        var (printed, blank) = await station.PrintAsync();

        var verified = await office.OneAsync<VerifyCardResponse>(Officer, "printing", "verify", printed.JobId, "--chip", chip, "--serial", $"{blank}", "--record", record);

        Assert.Equal((JobState.Quarantined, "The card is not the one that was ordered."), (verified.Job.State, verified.Job.Reason));
        Assert.Equal("spoiled", (await office.RunAsync(Officer, "cards", "show", $"{blank}")).Done()["state"]);
        var released = await office.OneAsync<ReleaseJobResponse>(Officer, "printing", "release", printed.JobId);
        Assert.Equal(JobState.Ready, released.Job.State);
    }

    [Theory]
    [InlineData("printed", JobState.Printed, CardState.Issued)]
    [InlineData("print-failed", JobState.Ready, CardState.Spoiled)]
    [InlineData("encode-failed", JobState.Ready, CardState.Spoiled)]
    [InlineData("feed-failed", JobState.Ready, CardState.Spoiled)]
    [InlineData("not-fed", JobState.Ready, CardState.Hopper)]
    public async Task Attempt_ThatIsUnknown_IsWhatAPersonFinds(string finding, JobState job, CardState card)
    {
        await using var office = await Office.OpenAsync();
        await office.ReceiveAsync();
        var station = await office.JoinPrinterAsync();
        await office.EnqueueAsync();
        var (lost, blank) = await station.LoseAsync();
        string[] chip = finding == "printed" ? ["--chip", PrintStation.Chip] : [];

        var resolved = await office.OneAsync<ResolveAttemptResponse>(Officer, ["printing", "resolve", lost.JobId, "1", "--finding", finding, "--serial", $"{blank}", .. chip]);

        Assert.Equal((job, false), (resolved.Job.State, resolved.AwaitsSecond));
        Assert.Equal(card, (await office.Cards.GetCardAsync(new GetCardRequest { Serial = blank })).Card.State);
        Assert.Empty(await office.Server.FaultsAsync());
    }

    [Fact]
    public async Task Card_ThatNobodyFinds_IsMissingOnceASecondPersonLooked()
    {
        await using var office = await Office.OpenAsync();
        await office.ReceiveAsync();
        var station = await office.JoinPrinterAsync();
        await office.EnqueueAsync();
        var (lost, blank) = await station.LoseAsync();
        string[] nothing = ["printing", "resolve", lost.JobId, "1", "--finding", "no-card"];

        var first = await office.OneAsync<ResolveAttemptResponse>(Officer, nothing);
        var again = await office.OneAsync<ResolveAttemptResponse>(Officer, nothing);
        var second = await office.OneAsync<ResolveAttemptResponse>("officer-1", nothing);

        Assert.Equal((true, true, JobState.Unknown), (first.AwaitsSecond, again.AwaitsSecond, again.Job.State));
        Assert.Equal((false, JobState.Ready), (second.AwaitsSecond, second.Job.State));
        Assert.Equal(CardState.Missing, (await office.Cards.GetCardAsync(new GetCardRequest { Serial = blank })).Card.State);
    }

    [Fact]
    public async Task Finding_ThatCannotBe_IsRefusedWithWhatWouldBeRight()
    {
        await using var office = await Office.OpenAsync();
        await office.ReceiveAsync();
        var station = await office.JoinPrinterAsync();
        await office.EnqueueAsync();
        var (lost, blank) = await station.LoseAsync();
        var waiting = await office.EnqueueAsync();
        Task Refuses(int code, string words, params string[] arguments) => office.RefusesAsync(Officer, code, words, ["printing", "resolve", .. arguments]);

        await Refuses(Exit.WrongUse, "--finding needs --serial, the number on what you found", lost.JobId, "1", "--finding", "not-fed");
        await Refuses(Exit.WrongUse, "--finding printed needs --chip", lost.JobId, "1", "--finding", "printed", "--serial", $"{blank}");
        await Refuses(Exit.WrongUse, "--finding printed needs --chip", lost.JobId, "1", "--finding", "not-fed", "--serial", $"{blank}", "--chip", "04AB");
        await Refuses(Exit.WrongUse, "no-card takes neither --serial nor --chip", lost.JobId, "1", "--finding", "no-card", "--serial", $"{blank}");
        await Refuses(Exit.WrongUse, "'melted' not recognized", lost.JobId, "1", "--finding", "melted");
        await Refuses(Exit.Failed, $"has blank {blank}, and {blank + 1} was found: that is another one's. Look for {blank}, or read the serial again.", lost.JobId, "1", "--finding", "print-failed", "--serial", $"{blank + 1}");
        await Refuses(Exit.Failed, "its epoch 1. Resolve attempt 1.", lost.JobId, "2", "--finding", "no-card");
        await Refuses(Exit.Failed, "the job is READY, its epoch 0. Nothing is left to find.", waiting, "1", "--finding", "no-card");
        await Refuses(Exit.Failed, "is not a job id: expected the 32 characters", "nonsense", "1", "--finding", "no-card");
        await Refuses(Exit.Failed, "is not known", new string('0', 32), "1", "--finding", "no-card");
        await office.RefusesAsync("custodian-1", Exit.Failed, "An admin gives roles and regions", "printing", "resolve", lost.JobId, "1", "--finding", "no-card");
    }

    [Fact]
    public async Task Printer_InNeedOfCare_IsDrainedAndPutBack()
    {
        await using var office = await Office.OpenAsync();
        await office.ReceiveAsync();
        var station = await office.JoinPrinterAsync();
        await office.RefusesAsync(Officer, Exit.Failed, "Station 53.71.04-9 is not known", "printing", "drain", "53.71.04-9", "--reason", "Servis");
        await office.RefusesAsync(Officer, Exit.Failed, "must not hold a NIK", "printing", "drain", station.Id, "--reason", "5371040101900001");
        await office.RefusesAsync(Officer, Exit.Failed, "expected PP.KK.DD-N", "printing", "drain", "53.71.04", "--reason", "Servis");
        await office.RefusesAsync(Officer, Exit.WrongUse, "Option '--reason' is required", "printing", "drain", station.Id);
        await office.RefusesAsync("satpol-pp", Exit.Failed, "An admin gives roles and regions", "printing", "drain", station.Id, "--reason", "Servis");

        var drained = await office.OneAsync<DrainPrinterResponse>(Officer, "printing", "drain", station.Id, "--reason", "Servis");
        var listed = Assert.Single(await office.ManyAsync<Printer>("satpol-pp", "printing", "printers", "53.71"));
        var resumed = await office.OneAsync<ResumePrinterResponse>(Officer, "printing", "resume", station.Id);

        Assert.Equal(("Servis", "53.71"), (drained.Printer.DrainedReason, drained.Printer.PrintRegionCode));
        Assert.Equal(drained.Printer, listed);
        Assert.Equal("", resumed.Printer.DrainedReason);
        await office.RefusesAsync("satpol-pp", Exit.Failed, "An admin gives roles and regions", "printing", "resume", station.Id);
        await office.RefusesAsync(Officer, Exit.Failed, "no right in region '53.72'", "printing", "printers", "53.72");
        Assert.Empty(await office.Server.FaultsAsync());
    }

    [Fact]
    public async Task Printer_OfACentre_PrintsForTheRegionThatIsSaid()
    {
        await using var office = await Office.OpenAsync();
        office.Add("pusat", "", Role.Officer);
        var station = await office.Server.JoinAsync("53.71.04");
        await office.RefusesAsync(Officer, Exit.Failed, "no right in region '53'", "printing", "print-region", station.Id, "53");
        await office.RefusesAsync("pusat", Exit.Failed, "must be a province's or regency's", "printing", "print-region", station.Id, "53.71.04");
        await office.RefusesAsync("pusat", Exit.Failed, "Region '54' is not known", "printing", "print-region", station.Id, "54");

        var province = await office.OneAsync<SetPrintRegionResponse>("pusat", "printing", "print-region", station.Id, "53");
        var country = await office.RunAsync("pusat", "printing", "print-region", station.Id, "");
        var own = await office.OneAsync<SetPrintRegionResponse>(Officer, "printing", "print-region", station.Id, "53.71");

        Assert.Equal(("53", "the whole country", "53.71"), (province.Printer.PrintRegionCode, country.Done()["print region code"], own.Printer.PrintRegionCode));
    }

    [Fact]
    public async Task Picks_ThatNoAttemptExplains_AreExplainedByAPerson()
    {
        await using var office = await Office.OpenAsync();
        await office.ReceiveAsync();
        var station = await office.JoinPrinterAsync();
        await office.EnqueueAsync();
        await office.EnqueueAsync();
        await station.PrintAsync();
        station.PickUnasked(3);
        await station.PrintAsync();

        Assert.Equal(3, Assert.Single(await office.ManyAsync<Printer>(Officer, "printing", "printers", "53.71")).UnexplainedPicks);
        await office.RefusesAsync(Officer, Exit.Failed, "no right in the whole country: name a region of 53.71", "printing", "printers", "");
        await office.RefusesAsync(Officer, Exit.Failed, "3 picks are unexplained, not 4: explain no more than there are", "printing", "explain", station.Id, "4", "--reason", "Kartu uji");
        await office.RefusesAsync(Officer, Exit.Failed, "picks must be 1 to", "printing", "explain", station.Id, "0", "--reason", "Kartu uji");
        await office.RefusesAsync(Officer, Exit.WrongUse, "Cannot parse argument 'many'", "printing", "explain", station.Id, "many", "--reason", "Kartu uji");
        var explained = await office.OneAsync<ExplainPicksResponse>(Officer, "printing", "explain", station.Id, "2", "--reason", "Kartu uji");

        Assert.Equal(1, explained.Printer.UnexplainedPicks);
        Assert.Empty(await office.Server.FaultsAsync());
    }

    [Fact]
    public async Task Supplies_OfAnOffice_AreForetoldAndATripIsProposed()
    {
        await using var office = await Office.OpenAsync();
        await office.ReceiveAsync(6);
        var station = await office.JoinPrinterAsync(6);
        for (var i = 0; i < 8; i++)
        {
            await office.EnqueueAsync();
        }

        await station.PrintAsync(ribbon: 96);
        await station.PrintAsync(ribbon: 96);

        var forecast = Assert.Single(await office.ManyAsync<Forecast>("satpol-pp", "printing", "forecast", "53.71"));
        var proposed = await CollectAsync(office, "10", "3");

        Assert.Equal(("53.71", 4, 6, 2.0, 2), (forecast.OfficeCode, forecast.Blanks, forecast.Backlog, forecast.BlanksPerDay, forecast.BlanksShort));
        Assert.Equal((96, Office.Opening.AddDays(2)), (forecast.RibbonLeft, forecast.BlanksOutAt.ToDateTimeOffset()));
        var share = Assert.Single(proposed.Shares);
        Assert.Equal(("53.71", 8, 8, 3.0, 2), (share.OfficeCode, share.Blanks, share.Wanted, share.DaysCovered, proposed.Left));
        await office.RefusesAsync(Officer, Exit.Failed, "a district has no office", "printing", "forecast", "53.71.04");
        await office.RefusesAsync(Officer, Exit.Failed, "available must be 1 to 10000000; it is 0", "printing", "collect", "53.71", "--available", "0", "--days", "3");
        await office.RefusesAsync(Officer, Exit.Failed, "days must be 1 to 365; it is 366", "printing", "collect", "53.71", "--available", "1", "--days", "366");
        await office.RefusesAsync(Officer, Exit.WrongUse, "Option '--days' is required", "printing", "collect", "53.71", "--available", "1");
    }

    [Fact]
    public async Task Queue_ForAPersonAndAProgram_IsTheSame()
    {
        await using var office = await Office.OpenAsync();
        await office.ReceiveAsync();
        var (first, second) = (await office.EnqueueAsync(), await office.EnqueueAsync());

        var held = await office.OneAsync<HoldJobResponse>(Officer, "printing", "hold", first, "--reason", "Tinjau");
        var jobs = await office.ManyAsync<Job>("satpol-pp", "printing", "list", "53.71");
        var cancelled = await office.OneAsync<CancelJobResponse>(Officer, "printing", "cancel", second, "--reason", "Salah");
        var totals = await office.OneAsync<GetTotalsResponse>("satpol-pp", "printing", "totals", "53.71");

        // Of two that are enqueued in the same moment either may be the first.
        var listed = jobs.ToDictionary(job => job.JobId);
        Assert.Equal(new[] { first, second }.Order(), listed.Keys.Order());
        Assert.Equal((JobState.Held, "Tinjau"), (held.Job.State, listed[first].Reason));
        Assert.Equal((JobState.Held, JobState.Ready, JobState.Cancelled), (listed[first].State, listed[second].State, cancelled.Job.State));
        Assert.Equal(2, totals.Enqueued);
        await office.RefusesAsync(Officer, Exit.Failed, "The job is CANCELLED. Only a held or quarantined job can be released.", "printing", "release", second);
        await office.RefusesAsync(Officer, Exit.Failed, "The job is CANCELLED. Only a waiting job can be held.", "printing", "hold", second, "--reason", "Tinjau");
        await office.RefusesAsync(Officer, Exit.WrongUse, "'burnt' not recognized", "printing", "list", "53.71", "--state", "burnt");
    }

    /// <summary>Shares as a table, and beside it what is left over.</summary>
    private static async Task<ProposeCollectionResponse> CollectAsync(Office office, string available, string days)
    {
        string[] collect = ["printing", "collect", "53.71", "--available", available, "--days", days];
        var lines = (await office.RunAsync(Officer, collect)).Done();
        var table = (await office.LookAsync(Officer, collect)).Done();

        var proposed = Google.Protobuf.JsonParser.Default.Parse<ProposeCollectionResponse>((await office.RunAsync(Officer, [.. collect, "--json"])).Done().Out);

        Assert.Equal([.. proposed.Shares.Select(share => string.Join('\t', Plain.Row(share))), $"left\t{proposed.Left}"], lines.Out.Split('\n')[1..^1]);
        Assert.Contains($"│ {proposed.Shares[0].OfficeCode} ", table.Out, StringComparison.Ordinal);
        return proposed;
    }
}
