using System.Diagnostics;
using System.Text.Json;
using Ktp.Cards.V1;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Ctl.Tests;

public sealed class DestructionReplayTests(Xunit.Abstractions.ITestOutputHelper output)
{
    /// <summary>Kabupaten Kupang burnt 9,992 cards on 21 December 2018; here with the reasons that nobody published.</summary>
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Destruction_Of9992Cards_IsListedFromAFileSealedAndVerifiedOffline(Engine engine)
    {
        await using var office = await Office.OpenAsync(engine);
        var spoiled = await office.SpoilAsync(4);
        (await office.RunAsync("custodian-1", ["cards", "keep", Office.Code, .. spoiled.Select(serial => $"{serial}")])).Done();
        await office.WithdrawAsync(100_000, 4_000, InvalidReason.Damaged);
        await office.WithdrawAsync(200_000, 3_000, InvalidReason.Status);
        await office.WithdrawAsync(300_000, 2_000, InvalidReason.Moved);
        await office.WithdrawAsync(400_000, 988, InvalidReason.Corrected);
        await office.WithdrawAsync(500_000, 8, InvalidReason.Damaged);
        await File.WriteAllTextAsync(office["cards.txt"], string.Join("\r\n", (string[])
        [
            "\uFEFF# Kartu rusak, kardus 1", "100000-103999", "", "# status", "200000-202999   # kardus 2", "300000 - 301999",
            .. Enumerable.Range(400_000, 988).Select(serial => $"{serial}"), .. spoiled.Select(serial => $"{serial}"), "",
        ]));
        var id = await office.OpenDestructionAsync();
        var watch = Stopwatch.StartNew();

        var listed = (await office.RunAsync("custodian-1", "destruction", "list-cards", id, "--file", office["cards.txt"])).Done();

        output.WriteLine($"{engine}: 9,992 cards listed in {watch.Elapsed.TotalSeconds:0.00} s");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"Listing took {watch.Elapsed}.");
        Assert.Equal("9992", listed["cards"]);
        await CheckCallsAsync(office, id);
        (await office.RunAsync("custodian-1", [.. Close(id), "--total", "9982", "--count", "damaged=4000", "status=3000", "moved=2000", "corrected=988", "print=2", "encode=2"]))
            .Ended(Exit.Failed, "total is 9982, and the totals by reason sum to 9992: a difference of 10");
        (await office.RunAsync("custodian-1", [.. Close(id), "--total", "9992", "--count", "damaged=4000", "status=3000", "moved=2000", "corrected=988", "print=2", "encode=2"])).Done();
        (await office.RunAsync("custodian-1", Sign(id, "witness", "Dinas Dukcapil"))).Ended(Exit.Failed, "operator:custodian-1 is no witness");
        (await office.RunAsync("custodian-1", Sign(id, "custodian", "Dinas Dukcapil"))).Done();
        (await office.RunAsync("satpol-pp", Sign(id, "witness", "Satpol PP"))).Done();
        (await office.RunAsync("custodian-1", "destruction", "seal", id)).Ended(Exit.Failed, "it needs a custodian and 2 witnesses");
        (await office.RunAsync("inspectorate", Sign(id, "witness", "Inspektorat"))).Done();
        watch.Restart();
        var burnt = (await office.RunAsync("custodian-1", "destruction", "seal", id)).Done();
        output.WriteLine($"{engine}: sealed in {watch.Elapsed.TotalSeconds:0.00} s");
        (await office.RunAsync("inspectorate", "destruction", "export", id, "--file", office["record"], "--page", office["page.html"])).Done();
        (await office.RunAsAdminAsync("journal", "checkpoint", "--save", office["checkpoint"], "--save-key", office["key.pem"])).Done();

        var verified = (await Ran.Async(["destruction", "verify", office["record"], "--key", office["key.pem"]])).Done();

        Assert.Equal(("53.71/2018/0001", "9992", burnt["record sha256"]), (verified["record"], verified["cards"], verified["sha256"]));
        Assert.Contains("9.992 (sembilan ribu sembilan ratus sembilan puluh dua)", await File.ReadAllTextAsync(office["page.html"]), StringComparison.Ordinal);
        using var balance = JsonDocument.Parse((await office.RunAsync("satpol-pp", "cards", "balance", Office.Code, "--json")).Done().Out);
        Assert.Equal(("9992", "8"), (balance.RootElement.GetProperty("balance").GetProperty("destroyed").GetString(), balance.RootElement.GetProperty("balance").GetProperty("custody").GetString()));
        (await office.RunAsAdminAsync("journal", "fold")).Done();
        await ProveLifeAsync(office, spoiled[0]);
        await ProveMonthAsync(office);
        (await office.RunAsAdminAsync("journal", "export", office["journal"])).Done();
        (await Ran.Async(["journal", "verify", office["journal"], "--key", office["key.pem"], "--checkpoint", office["checkpoint"]])).Ended(Exit.Ok, "goes on from");
        (await office.RunAsAdminAsync("journal", "consistency", office["checkpoint"])).Ended(Exit.Ok, "goes on from the checkpoint");
    }

    /// <summary>A call takes ten thousand: of more, what was done before a refusal is told.</summary>
    private static async Task CheckCallsAsync(Office office, string id)
    {
        (await office.RunAsync("custodian-1", "destruction", "unlist-cards", id, "--file", office["cards.txt"])).Done();
        (await office.RunAsync("custodian-1", "destruction", "list-cards", id, "--file", office["cards.txt"], "500000-500007", "999999"))
            .Ended(Exit.Failed, "Card 999999 is not known: no office received or withdrew it. The first 10000 cards, up to 500007, are done; none from 999999 on.");
        Assert.Equal("9992", (await office.RunAsync("custodian-1", "destruction", "unlist-cards", id, "500000-500007")).Done()["cards"]);
    }

    private static async Task ProveLifeAsync(Office office, long serial)
    {
        var life = await Eventually.HoldsAsync(() => office.RunAsAdminAsync("cards", "life", $"{serial}"), ran => ran.Out.Contains("destruction.cards-destroyed", StringComparison.Ordinal));
        (await office.RunAsAdminAsync("cards", "life", $"{serial}", "--export", office["life"])).Done();

        var verified = (await Ran.Async(["journal", "verify", office["life"], "--key", office["key.pem"]])).Done();

        var kinds = life.Out.Split('\n')[1..^1].Select(line => line.Split('\t')[5]);
        Assert.Equal(["cards.blanks-received", "cards.hopper-loaded", "printing.started", "printing.failed", "cards.custody-taken", "destruction.cards-listed", "destruction.cards-unlisted", "destruction.cards-listed", "destruction.cards-destroyed"], kinds);
        Assert.StartsWith("9 of ", verified["facts"], StringComparison.Ordinal);
    }

    private static async Task ProveMonthAsync(Office office)
    {
        (await office.RunAsync("custodian-1", "destruction", "month", Office.Code, "2018-12", "--file", office["month"])).Ended(Exit.Failed, "is over at");
        await office.AdvanceAsync(new DateTimeOffset(2019, 1, 1, 0, 0, 0, TimeSpan.Zero));
        (await office.RunAsync("custodian-1", "destruction", "month", Office.Code, "2018-12", "--file", office["month"])).Done();

        var verified = (await Ran.Async(["destruction", "verify", office["month"], "--key", office["key.pem"]])).Done();

        Assert.Equal(("2018-12", "1", "9992"), (verified["month"], verified["records"], verified["cards"]));
    }

    private static string[] Close(string id) => ["destruction", "close", id];

    private static string[] Sign(string id, string role, string onBehalfOf) =>
        ["destruction", "sign", id, "--as", role, "--on-behalf-of", onBehalfOf, "--total", "9992"];
}
