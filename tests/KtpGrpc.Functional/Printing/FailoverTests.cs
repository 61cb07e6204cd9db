using Ktp.Printing.V1;
using KtpGrpc.Functional.Scenarios;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Functional.Printing;

/// <summary>Two servers on one PostgreSQL: where one is killed, the other goes on with what was committed.</summary>
public sealed class FailoverTests
{
    private static readonly DateTimeOffset _opening = new(2017, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("LeaseJobs", JobState.Leased)]
    [InlineData("StartAttempt", JobState.Started)]
    [InlineData("ReportAttempt", JobState.Printed)]
    public async Task Server_KilledAfterItsCommit_IsSucceededByTheOther(string call, JobState committed)
    {
        using var folder = new TempFolder();
        var database = await PostgresFixture.CreateDatabaseAsync();
        var one = await KillableServer.StartAsync(folder["data"], _opening, database);
        using var two = await KillableServer.StartAsync(folder["data"], _opening, database);
        await using var shop = await CrashShop.OpenAsync(two, folder["data"]);
        await shop.EnqueueAsync();
        ChildProcess agent;
        using (one)
        {
            shop.Wire.Target = one.Control;
            agent = await shop.PrintUntilAsync("before " + call);
            shop.Wire.Lose(answers: true);
            shop.GoOn();
            await shop.JobIsAsync(committed);
        }

        Assert.Equal(committed, (await shop.JobAsync()).State);
        shop.Wire.Target = two.Control;
        shop.Wire.Cut();
        await CrashShop.EndAsync(agent);
        await shop.PrintAllAsync();

        await shop.HasPrintedOnceAsync();
    }
}
