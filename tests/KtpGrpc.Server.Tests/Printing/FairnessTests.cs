using System.Collections.Concurrent;
using Ktp.Printing.V1;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Printing;

public sealed class FairnessTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Office_ThatFloodsThePrintingCentre_DelaysNoOther(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var centre = await CentreAsync(shop);
        for (var i = 0; i < 8; i++)
        {
            await shop.EnqueueAsync("53.01.01");
        }

        Assert.All(await centre.LeaseAsync(3), lease => Assert.NotEqual("", lease.JobId));
        var (here, there) = (await shop.EnqueueAsync("53.71.05"), await shop.EnqueueAsync("53.02.01"));
        var leases = await centre.LeaseAsync(3);

        Assert.Contains(here.JobId, leases.Select(lease => lease.JobId));
        Assert.Contains(there.JobId, leases.Select(lease => lease.JobId));
        Assert.Equal(4, (await centre.LeaseAsync(16)).Count);
        Assert.Empty(await centre.LeaseAsync(16));
        Assert.Empty(await TurnsAsync(shop));
        await shop.CheckBooksAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Office_WhoseJobsComeBack_HasATurnAgain(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var centre = await CentreAsync(shop);
        await shop.EnqueueAsync("53.01.01", held: "review");
        Assert.Empty(await TurnsAsync(shop));
        var job = await shop.EnqueueAsync("53.02.01");
        Assert.Single(await centre.LeaseAsync(2));
        Assert.Empty(await TurnsAsync(shop));

        await shop.AdvanceAsync(TimeSpan.FromMinutes(10));

        Assert.Equal("53.02", Assert.Single(await TurnsAsync(shop)));
        Assert.Equal(job.JobId, Assert.Single(await centre.LeaseAsync(2)).JobId);
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Station_OfAnOfficeAlone_TakesNoTurns()
    {
        await using var shop = await PrintShop.OpenAsync();
        var station = await shop.JoinAsync();
        await shop.EnqueueAsync("53.71.05");
        await shop.EnqueueAsync("53.01.01");

        Assert.Single(await station.LeaseAsync(16));

        Assert.Equal(["53.01", "53.71"], await TurnsAsync(shop));
    }

    [Fact]
    public async Task Job_OfALowerClass_WaitsBehindYoungerOnesOnlyForItsHandicap()
    {
        await using var shop = await PrintShop.OpenAsync();
        var station = await shop.JoinAsync();
        var other = await shop.EnqueueAsync(priority: JobPriority.Other);
        var suket = await shop.EnqueueAsync(priority: JobPriority.SuketReplacement);
        await shop.AdvanceAsync(TimeSpan.FromDays(13));
        var young = await shop.EnqueueAsync();
        await shop.AdvanceAsync(TimeSpan.FromDays(2));
        var younger = await shop.EnqueueAsync();

        var order = (await station.LeaseAsync(16)).Select(lease => lease.JobId);

        Assert.Equal([suket.JobId, young.JobId, other.JobId, younger.JobId], order);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Centres_ThatRaceWhileJobsComeAndGo_PrintAllOnceAndForgetNoOffice(Engine engine)
    {
        const int Jobs = 20;
        await using var shop = await PrintShop.OpenAsync(engine);
        string[] districts = ["53.71.04", "53.71.05", "53.01.01", "53.02.01"];
        var centres = new[] { await CentreAsync(shop), await CentreAsync(shop), await CentreAsync(shop), await CentreAsync(shop) };
        var (returned, printed) = (new ConcurrentDictionary<string, bool>(), new ConcurrentBag<string>());

        var feeding = Task.WhenAll(districts.Select(async district =>
        {
            for (var i = 0; i < Jobs; i++)
            {
                await shop.EnqueueAsync(district);
            }
        }));
        await Task.WhenAll(centres.Select(async (centre, i) =>
        {
            while (true)
            {
                var fed = feeding.IsCompleted;
                var leases = await centre.LeaseAsync(1 + i);
                if (leases.Count == 0 && fed)
                {
                    break;
                }

                foreach (var lease in leases)
                {
                    if (returned.TryAdd(lease.JobId, true))
                    {
                        await centre.Client.ReturnJobAsync(new ReturnJobRequest { JobId = lease.JobId, Epoch = lease.Epoch });
                        continue;
                    }

                    await centre.StartAsync(lease);
                    await centre.PrintedAsync(lease);
                    printed.Add(lease.JobId);
                }
            }
        }));

        // Whoever saw nothing was not the last one; what a colleague gave back meanwhile is still there for the next.
        while (await centres[0].LeaseAsync(16) is { Count: > 0 } rest)
        {
            foreach (var lease in rest)
            {
                await centres[0].StartAsync(lease);
                await centres[0].PrintedAsync(lease);
                printed.Add(lease.JobId);
            }
        }

        Assert.Equal(districts.Length * Jobs, printed.Distinct().Count());
        Assert.Equal(districts.Length * Jobs, printed.Count);
        Assert.Empty(await TurnsAsync(shop));
        Assert.Equal(0, engine == Engine.Postgres ? await DeadlocksAsync(shop) : 0);
        await shop.CheckBooksAsync();
    }

    /// <summary>A transaction that lost a deadlock runs again, and nobody would notice.</summary>
    private static Task<long> DeadlocksAsync(PrintShop shop) => shop.Server.Services.GetRequiredService<Database>().ReadAsync(
        tx => tx.NumberAsync("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"), CancellationToken.None);

    private static async Task<PrintStation> CentreAsync(PrintShop shop)
    {
        var station = await shop.JoinAsync(blanks: 100);
        await shop.Officer.SetPrintRegionAsync(new SetPrintRegionRequest { RequestId = PrintShop.New(), StationId = station.Id, PrintRegionCode = "" });
        return station;
    }

    private static Task<List<string>> TurnsAsync(PrintShop shop) => shop.Server.Services.GetRequiredService<Database>().ReadAsync(
        tx => tx.ListAsync("SELECT office FROM printing_turns ORDER BY office", row => row.GetString(0)), CancellationToken.None);
}
