using System.Text.Json;
using Ktp.Cards.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Ctl.Tests;

public sealed class CommandTests
{
    [Fact]
    public async Task Stock_FromReceiptToTheOtherOffice_IsKeptByCommands()
    {
        await using var office = await Office.OpenAsync();
        var station = await office.Server.JoinAsync("53.71.04");

        (await office.RunAsAdminAsync("cards", "receive", "53.71", "1", "100", "--document", "BA-1", "--counted", "99")).Ended(Exit.Failed, "99 were counted");
        (await office.RunAsAdminAsync("cards", "receive", "53.71", "1", "100", "--document", "BA-1", "--counted", "100")).Done();
        (await office.RunAsAdminAsync("cards", "load", station.Id, "10")).Done();
        (await office.RunAsAdminAsync("cards", "unload", station.Id, "--counted", "10")).Done();
        var sent = (await office.RunAsAdminAsync("cards", "send", "53.71", "53.72", "91-100", "--document", "BA-2")).Done();
        (await office.RunAsAdminAsync("cards", "transfers", "53.72", "--in-transit")).Ended(Exit.Ok, "91-100");
        var arrived = (await office.RunAsAdminAsync("cards", "receive-transfer", sent["transfer id"], "91-99", "--counted", "9")).Done();
        (await office.RunAsAdminAsync("cards", "count", "53.71", "1-90", "--counted", "90")).Done();
        (await office.RunAsAdminAsync("cards", "withdraw", "53.71", "7001", "--reason", "moved", "--note", "alamat")).Done();
        var card = (await office.RunAsAdminAsync("cards", "show", "100")).Done();
        var custody = (await office.RunAsAdminAsync("cards", "custody", "53.71")).Done();
        var balance = (await office.RunAsAdminAsync("cards", "balance", "53.71")).Done();

        Assert.Equal("100", arrived["missing"]);
        Assert.Equal(("missing", "53.72"), (card["state"], card["office code"]));
        Assert.Contains("7001\t53.71\tcustody\t\tmoved\tyes", custody.Out, StringComparison.Ordinal);
        Assert.Equal(("90", "10", "1"), (balance["vault"], balance["transferred out"], balance["custody"]));
    }

    [Fact]
    public async Task Suket_OfACitizenInAFile_IsGivenAndShown()
    {
        await using var office = await Office.OpenAsync();
        await File.WriteAllTextAsync(office["citizen"], "5371044101900001\r\nMaria Tallo\r\n");

        var given = (await office.RunAsAdminAsync("cards", "suket", "issue", "53.71", "--cause", "no-blanks", "--citizen", office["citizen"])).Done();

        Assert.Equal("53.71/2018/000001", given["number"]);
        Assert.Equal("valid", (await office.RunAsAdminAsync("cards", "suket", "show", given["number"])).Done()["state"]);
        Assert.DoesNotContain("5371044101900001", given.Out + given.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_ReopenedAndChanged_IsDoneByCommands()
    {
        await using var office = await Office.OpenAsync();
        await office.WithdrawAsync(1_000, 3, InvalidReason.Damaged);
        var id = await office.OpenDestructionAsync();

        (await office.RunAsync("custodian-1", "destruction", "list-cards", id, "1000", "1001", "1002")).Done();
        (await office.RunAsync("custodian-1", "destruction", "unlist-cards", id, "1001")).Done();
        (await office.RunAsync("custodian-1", "destruction", "list-cards", id, "1000")).Ended(Exit.Failed, "Card 1000 is on this list already");
        (await office.RunAsync("custodian-1", "destruction", "close", id, "--total", "2", "--count", "burnt=2")).Ended(Exit.WrongUse, "--count wants REASON=NUMBER");
        (await office.RunAsync("custodian-1", "destruction", "close", id, "--total", "2", "--count", "damaged=2")).Done();
        (await office.RunAsync("custodian-1", "destruction", "reopen", id, "--reason", "Salah hitung")).Done();
        (await office.RunAsync("custodian-1", "destruction", "export", id)).Ended(Exit.WrongUse, "Give --file, --page or both");
        (await office.RunAsync("custodian-1", "destruction", "export", id, "--file", office["x"])).Ended(Exit.Failed, "It is not sealed");
        var shown = (await office.RunAsync("satpol-pp", "destruction", "show", id)).Done();

        Assert.Equal(("open", "2", "damaged 2"), (shown["state"], shown["cards"], shown["totals"]));
        Assert.False(File.Exists(office["x"]));
        Assert.Contains(id, (await office.RunAsync("satpol-pp", "destruction", "list", "53.71")).Done().Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cards_OfWhichOneIsNotKnown_AreNotListedAtAll()
    {
        await using var office = await Office.OpenAsync();
        await office.WithdrawAsync(1_000, 3, InvalidReason.Damaged);
        var id = await office.OpenDestructionAsync();

        (await office.RunAsync("custodian-1", "destruction", "list-cards", id, "1000-1003")).Ended(Exit.Failed, "Card 1003 is not known");

        Assert.Equal("0", (await office.RunAsync("custodian-1", "destruction", "show", id)).Done()["cards"]);
    }

    [Fact]
    public async Task Record_WithAnythingThatPeopleWrite_IsVerified()
    {
        await using var office = await Office.OpenAsync();
        await office.WithdrawAsync(1_000, 1, InvalidReason.Damaged);
        var opened = (await office.RunAsync("custodian-1", "destruction", "open", Office.Code, "--method", "melting-machine", "--place", "Jalan \"Él Tari\" <1> & + 'Ω' \\ / \t [red] \u2028 😀")).Done();
        var id = opened["destruction id"];
        (await office.RunAsync("custodian-1", "destruction", "list-cards", id, "1000")).Done();
        (await office.RunAsync("custodian-1", "destruction", "close", id, "--total", "1", "--count", "damaged=1")).Done();
        foreach (var (who, role) in ((string, string)[])[("custodian-1", "custodian"), ("satpol-pp", "witness"), ("inspectorate", "witness")])
        {
            (await office.RunAsync(who, "destruction", "sign", id, "--as", role, "--on-behalf-of", "Kejaksaan \"Negeri\" & 😀", "--total", "1")).Done();
        }

        (await office.RunAsync("custodian-1", "destruction", "seal", id)).Done();
        (await office.RunAsync("custodian-1", "destruction", "export", id, "--file", office["record"], "--page", office["page"])).Done();

        (await Ran.Async(["destruction", "verify", office["record"]])).Ended(Exit.Ok, "a forger has a key too");
        (await Ran.Async(["destruction", "verify", office["record"], "--json"])).Ended(Exit.Ok, "\"verified\":true");
    }

    [Fact]
    public async Task Queue_OfARegion_IsSeenAndSteered()
    {
        await using var office = await Office.OpenAsync();
        var job = await office.EnqueueAsync();

        (await office.RunAsAdminAsync("printing", "hold", job, "--reason", "Tinjau")).Done();
        var held = (await office.RunAsAdminAsync("printing", "list", "53.71", "--state", "held")).Done();
        (await office.RunAsAdminAsync("printing", "release", job)).Done();
        (await office.RunAsAdminAsync("printing", "resolve", job, "1", "--finding", "no-card")).Ended(Exit.Failed, "ktpctl: ");
        (await office.RunAsAdminAsync("printing", "cancel", job, "--reason", "Salah")).Done();
        var totals = (await office.RunAsAdminAsync("printing", "totals", "")).Done();

        Assert.Contains($"{job}\t53.71.04\theld\tfirst-time", held.Out, StringComparison.Ordinal);
        Assert.Equal("1", totals["enqueued"]);
        Assert.Contains("cancelled 1", totals["totals"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_ForWhoeverLooks_IsATable()
    {
        await using var office = await Office.OpenAsync();
        await office.WithdrawAsync(1_000, 2, InvalidReason.Damaged);

        var custody = await Ran.Async(["cards", "custody", "53.71", "--server", $"{office.Server.ControlAddress}", "--data", office.Server.Options.Data], interactive: true);
        var fold = await Ran.Async(["journal", "fold", "--server", $"{office.Server.ControlAddress}", "--data", office.Server.Options.Data], interactive: true);

        custody.Ended(Exit.Ok, "╭");
        custody.Ended(Exit.Ok, "1001");
        fold.Ended(Exit.Ok, "verified");
    }

    [Fact]
    public async Task Change_RepeatedWithItsRequestId_IsDoneOnce()
    {
        await using var office = await Office.OpenAsync();
        string[] receive = ["cards", "receive", "53.71", "1", "5", "--document", "BA-1", "--counted", "5", "--request-id", "once"];

        (await office.RunAsAdminAsync(receive)).Done();

        Assert.Equal("5", (await office.RunAsAdminAsync(receive)).Done()["received"]);
    }

    [Fact]
    public async Task Answer_InJson_IsOneDocumentWithEverything()
    {
        await using var office = await Office.OpenAsync();
        await office.WithdrawAsync(1_000, 2, InvalidReason.Damaged);

        using var custody = JsonDocument.Parse((await office.RunAsync("custodian-1", "cards", "custody", "53.71", "--json")).Done().Out);
        using var empty = JsonDocument.Parse((await office.RunAsync("custodian-1", "cards", "transfers", "53.71", "--json")).Done().Out);

        Assert.Equal(["1000", "1001"], custody.RootElement.EnumerateArray().Select(card => card.GetProperty("serial").GetString()));
        Assert.Equal("CARD_STATE_CUSTODY", custody.RootElement[0].GetProperty("state").GetString());
        Assert.Equal(0, empty.RootElement.GetArrayLength());
    }

    [Fact]
    public async Task Operator_WithoutTheRight_IsToldWhoHelps()
    {
        await using var office = await Office.OpenAsync();
        office.Add("viewer", Role.Viewer);
        await File.WriteAllTextAsync(office["wrong.secret"], "guess");

        (await office.RunAsync("viewer", "cards", "withdraw", "53.71", "7", "--reason", "moved")).Ended(Exit.Failed, "An admin gives roles and regions");
        (await office.RunAsync("viewer", "cards", "balance", "53.72")).Ended(Exit.Failed, "no right in region '53.72'");
        (await office.RunAsync("wrong", "cards", "balance", "53.71")).Ended(Exit.Failed, "Look at --operator and --secret-file");
        (await office.RunAsync("viewer", "journal", "fold")).Ended(Exit.Failed, "may not call this");
    }

    [Fact]
    public async Task Server_ThatIsAwayOrNotTheOneTrusted_IsToldApartFromARefusal()
    {
        await using var office = await Office.OpenAsync();
        await using var other = await Office.OpenAsync();

        (await Ran.Async(["cards", "balance", "53.71", "--server", "https://127.0.0.1:1", "--data", office.Server.Options.Data])).Ended(Exit.Failed, "The server cannot be reached");
        (await Ran.Async(["cards", "balance", "53.71", "--server", $"{office.Server.ControlAddress}", "--data", other.Server.Options.Data])).Ended(Exit.Failed, "is --authority its CA?");
    }

    [Theory]
    [InlineData("", "Required command was not provided")]
    [InlineData("cards", "Required command was not provided")]
    [InlineData("cards eat", "ktpctl: see ktpctl cards --help")]
    [InlineData("cards balance", "ktpctl: see ktpctl cards balance --help")]
    [InlineData("cards balance 53.71", "Who are you, and which server is to be trusted?")]
    [InlineData("cards balance 53.71 --server http://127.0.0.1:1 --data x", "--server wants an address like https://127.0.0.1:5443")]
    [InlineData("cards balance 53.71 --data no-such-folder", "There is no file no-such-folder/keys/ca.pem")]
    [InlineData("cards show x --data d", "Cannot parse argument 'x'")]
    [InlineData("cards withdraw 53.71 7 --reason tired --data d", "Argument 'tired' not recognized")]
    [InlineData("destruction open 53.71 --method river --place x", "Argument 'river' not recognized")]
    [InlineData("destruction verify no-such-file", "There is no file no-such-file")]
    [InlineData("destruction month 53.71 2018-13 --file x --data d", "'2018-13' is no month")]
    [InlineData("journal verify x --key no-such-key", "no-such-key holds no public key in PEM")]
    public async Task Use_ThatIsWrong_EndsWithTwoAndTheCure(string arguments, string words) =>
        (await Ran.Async(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Ended(Exit.WrongUse, words);

    [Fact]
    public async Task Defaults_FromTheEnvironment_StandForTheOptions()
    {
        await using var office = await Office.OpenAsync();
        var environment = new Dictionary<string, string>
        {
            ["KTP_SERVER"] = $"{office.Server.ControlAddress}",
            ["KTP_AUTHORITY"] = office["ca.pem"],
            ["KTP_OPERATOR"] = "custodian-1",
            ["KTP_SECRET_FILE"] = office["custodian-1.secret"],
        };

        Assert.Equal("53.71", (await Ran.Async(["cards", "balance", "53.71"], environment: environment)).Done()["office code"]);
    }

    [Fact]
    public async Task File_ThatWasChanged_EndsWithThreeAndWhatWasFound()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["file"], "{\"form\":\"ktp-destruction-v1\"}\n{}\n");
        await File.WriteAllTextAsync(folder["other"], "hello\n");

        (await Ran.Async(["destruction", "verify", folder["file"]])).Ended(Exit.Found, "NOT VERIFIED");
        (await Ran.Async(["destruction", "verify", folder["other"]])).Ended(Exit.Found, "Line 1 is not JSON");
        (await Ran.Async(["journal", "verify", folder["file"]])).Ended(Exit.WrongUse, "ktpctl destruction verify checks it");
        using var answer = JsonDocument.Parse((await Ran.Async(["journal", "verify", folder["other"], "--json"])).Out);
        Assert.False(answer.RootElement.GetProperty("verified").GetBoolean());
    }

    [Fact]
    public async Task Journal_RewrittenAfterACheckpoint_IsFoundByWhoeverKeptIt()
    {
        await using var office = await Office.OpenAsync();
        await using var other = await Office.OpenAsync();
        await office.WithdrawAsync(1, 3, InvalidReason.Damaged);
        await Eventually.HoldsAsync(async () => (await office.RunAsAdminAsync("journal", "checkpoint", "--save", office["kept"])).Done()["size"] == "4");
        (await other.RunAsAdminAsync("journal", "checkpoint", "--save", other["kept"])).Done();
        await office.WithdrawAsync(100, 2, InvalidReason.Moved);

        (await office.RunAsAdminAsync("journal", "consistency", office["kept"])).Ended(Exit.Ok, "goes on from the checkpoint of 4");
        (await office.RunAsAdminAsync("journal", "consistency", other["kept"])).Ended(Exit.Found, "signs with another key");
        await File.WriteAllTextAsync(office["forged"], (await File.ReadAllTextAsync(office["kept"])).Replace("\"size\":4", "\"size\":3", StringComparison.Ordinal));
        (await office.RunAsAdminAsync("journal", "consistency", office["forged"])).Ended(Exit.Found, "The checkpoint's signature does not fit it");
    }

    [Fact]
    public async Task Program_ByItself_EndsWithItsCodeAndPlainLines()
    {
        using var process = ChildProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "ktpctl.dll"), "destruction", "verify", "no-such-file"]);

        Assert.Equal(Exit.WrongUse, await process.WaitForExitAsync());
        Assert.Equal("ktpctl: There is no file no-such-file.", Assert.Single(process.Lines));
    }
}
