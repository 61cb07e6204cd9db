using Ktp.Printing.V1;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Printing;

public sealed class BackfillTests
{
    private static readonly string[] _migrations = ["0033.sql", "0034.sql", "0035.sql", "0036.sql"];

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Tables_FilledFromWhatWasPrintedBefore_AreWhatTheFactsTell(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var station = await shop.JoinAsync();
        foreach (var priority in Enum.GetValues<JobPriority>().Where(priority => priority != JobPriority.Unspecified))
        {
            await shop.EnqueueAsync(priority: priority);
            await shop.EnqueueAsync(priority: priority);
        }

        var picked = 7UL;
        foreach (var step in new Func<Lease, Task>[]
        {
            lease => station.PrintedAsync(lease, picked: ++picked),
            lease => station.FailedAsync(lease, FailureClass.Print, ++picked),
            station.LostAsync,
            lease => station.FailedAsync(lease, FailureClass.NotFed, picked),
            lease => station.FailedAsync(lease, FailureClass.Feed, ++picked),
        })
        {
            var lease = Assert.Single(await station.LeaseAsync());
            await station.StartAsync(lease, picked: picked);
            await shop.AdvanceAsync(TimeSpan.FromMinutes(1));
            await step(lease);
            await shop.AdvanceAsync(TimeSpan.FromHours(30));
        }

        await FillAsync(shop.Server.Services.GetRequiredService<Database>());

        await shop.CheckBooksAsync();
    }

    /// <summary>Empties what the migrations added, and runs what fills it on a database that has a past.</summary>
    private static async Task FillAsync(Database database)
    {
        var assembly = typeof(Database).Assembly;
        var filling = assembly.GetManifestResourceNames().Where(name => _migrations.Contains(Path.GetFileName(name))).Order(StringComparer.Ordinal).SelectMany(name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return reader.ReadToEnd().Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        }).Where(statement => statement.StartsWith("INSERT", StringComparison.Ordinal) || statement.StartsWith("UPDATE", StringComparison.Ordinal)).ToList();
        Assert.Equal(5, filling.Count);
        await database.WriteAsync(async tx =>
        {
            foreach (var statement in (string[])
                ["UPDATE printing_jobs SET ranked_at = 0", "DELETE FROM printing_counters", "DELETE FROM printing_turns", "DELETE FROM printing_use", .. filling])
            {
                await tx.ExecuteAsync(statement);
            }
        }, CancellationToken.None);
    }
}
