using Ktp.Journal.V1;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Journal;

public sealed class SealOrderTests
{
    [Fact]
    public async Task Fact_OfAnOlderTransactionThatSawANewerOne_IsSealedAfterIt()
    {
        await using var server = await RunningServer.StartAsync(Engine.Postgres);
        var (database, journal) = (server.Services.GetRequiredService<Database>(), server.Services.GetRequiredService<JournalWriter>());
        var (older, newer) = (new TaskCompletionSource(), new TaskCompletionSource());

        var waiting = database.WriteAsync(async tx =>
        {
            await tx.NumberAsync("SELECT pg_current_xact_id()::text::bigint");
            older.TrySetResult();
            await newer.Task;
            await journal.AcceptAsync(tx, DateTimeOffset.UnixEpoch, "server", new RegionsPut("", [new RegionsPut.Entry("53", "second")]));
        }, CancellationToken.None);
        await older.Task;
        await database.WriteAsync(
            tx => journal.AcceptAsync(tx, DateTimeOffset.UnixEpoch, "server", new RegionsPut("", [new RegionsPut.Entry("53", "first")])), CancellationToken.None);
        newer.SetResult();
        await waiting;

        var verified = await new Ktp.Journal.V1.JournalService.JournalServiceClient(server.Admin).VerifyJournalAsync(new VerifyJournalRequest());
        Assert.Empty(verified.Faults);
        Assert.Equal(2, verified.Entries);
    }
}
