using System.Collections.Concurrent;
using Ktp.Cards.V1;
using Ktp.Printing.V1;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Printing;

public sealed class RaceTests
{
    private const int Clients = 16;
    private const int Jobs = 96;

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Clients_RacingForTheSameJobs_PrintEachOnceOnABlankOfItsOwn(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var stations = new[] { await shop.JoinAsync(blanks: 100), await shop.JoinAsync(blanks: 100), await shop.JoinAsync("53.71.05", blanks: 100), await shop.JoinAsync("53.71.05", blanks: 100) };
        await Task.WhenAll(Enumerable.Range(0, Jobs).Select(i => shop.EnqueueAsync(i % 3 == 0 ? "53.71" : i % 3 == 1 ? "53.71.04" : "53.71.05")));
        var (blanks, printed) = (new ConcurrentBag<long>(), new ConcurrentBag<string>());

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            var station = stations[client % stations.Length];
            while (await station.LeaseAsync(1 + client % 3) is { Count: > 0 } leases)
            {
                foreach (var lease in leases)
                {
                    blanks.Add(await station.StartAsync(lease));
                    Assert.Equal(JobState.Printed, await station.PrintedAsync(lease));
                    printed.Add(lease.IssuanceId);
                }
            }
        }));

        Assert.Equal(Jobs, printed.Distinct().Count());
        Assert.Equal(Jobs, printed.Count);
        Assert.Equal(Jobs, blanks.Distinct().Count());
        Assert.Equal((Jobs, 400 - Jobs), ((await shop.BalanceAsync()).Issued, (await shop.BalanceAsync()).Hopper));
        await shop.CheckBooksAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Issuance_EnqueuedByManyAtOnce_BecomesOneJob(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var request = shop.NewJob();

        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            var mine = request.Clone();
            mine.RequestId = PrintShop.New();
            return await shop.Officer.EnqueueJobAsync(mine);
        }));

        Assert.Single(answers, answer => !answer.Existed);
        Assert.Single(answers.Select(answer => answer.Job.JobId).Distinct());
        await shop.CheckBooksAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Hoppers_LoadedByManyAtOnce_ShareTheVault(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine, blanks: 100);
        var stations = new[] { await shop.JoinAsync(blanks: 0), await shop.JoinAsync(blanks: 0) };

        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => new CardService.CardServiceClient(stations[i % 2].Control).LoadHopperAsync(
            new LoadHopperRequest { RequestId = PrintShop.New(), StationId = stations[i % 2].Id, Count = 10 }).ResponseAsync));

        var balance = await shop.BalanceAsync();
        Assert.Equal((0, 100), (balance.Vault, balance.Hopper));
        await shop.CheckBooksAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Server_StartedAnewBetweenAllSteps_GoesOnWhereItWas(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var station = await shop.JoinAsync();
        await shop.EnqueueAsync();

        await shop.RestartAsync();
        station = station.At(shop.Server);
        var lease = Assert.Single(await station.LeaseAsync());
        await shop.RestartAsync();
        station = station.At(shop.Server);
        var blank = await station.StartAsync(lease);
        await shop.RestartAsync();
        station = station.At(shop.Server);
        Assert.Equal(blank, await station.StartAsync(lease));
        Assert.Equal(JobState.Printed, await station.PrintedAsync(lease));
        await shop.RestartAsync();
        station = station.At(shop.Server);
        Assert.Equal(JobState.Printed, await station.PrintedAsync(lease));

        Assert.Empty(await station.LeaseAsync());
        await shop.CheckBooksAsync();
    }
}
