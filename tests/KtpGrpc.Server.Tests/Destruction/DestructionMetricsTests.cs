using Ktp.Cards.V1;
using KtpGrpc.Server.Destruction;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Destruction;

public sealed class DestructionMetricsTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Page_OnTheWayToTheFurnace_TellsWhatWaitsSinceWhen(Engine engine)
    {
        await using var furnace = await Furnace.LightAsync(engine);
        Assert.DoesNotContain("ktp_destruction_", await ReadAsync(furnace.Server), StringComparison.Ordinal);
        var old = await furnace.WithdrawAsync(2);
        await furnace.AdvanceAsync(Furnace.Opening.AddDays(1));
        await furnace.WithdrawAsync(1, InvalidReason.Moved);
        var id = await furnace.OpenAsync();
        await furnace.AdvanceAsync(Furnace.Opening.AddDays(2));

        await ShowsAsync(furnace.Server, ("open", 1), ("open_oldest_seconds", 86_400), ("custody", 3), ("custody_oldest_seconds", 2 * 86_400), ("cards_total{reason=\"damaged\"}", 0));
        await furnace.ListAsync(id, old);
        await furnace.AdvanceAsync(Furnace.Opening.AddDays(3));
        await ShowsAsync(furnace.Server, ("open", 1), ("open_oldest_seconds", 2 * 86_400), ("custody", 1), ("custody_oldest_seconds", 2 * 86_400));
        await furnace.CloseAsync(id, 2, (InvalidReason.Damaged, 2));
        await furnace.SignByAllAsync(id, 2);
        await furnace.SealAsync(id);
        await furnace.AdvanceAsync(Furnace.Opening.AddDays(4));

        await ShowsAsync(
            furnace.Server, ("open", 0), ("open_oldest_seconds", 0), ("custody", 1), ("custody_oldest_seconds", 3 * 86_400),
            ("cards_total{reason=\"damaged\"}", 2), ("cards_total{reason=\"moved\"}", 0));
        await furnace.CheckBooksAsync();
    }

    [Fact]
    public async Task Page_AfterARestart_CountsOnAndNeverFromZero()
    {
        await using var furnace = await Furnace.LightAsync();
        await furnace.BurnAsync(3, InvalidReason.Status);
        await furnace.WithdrawAsync(1);
        await furnace.AdvanceAsync(Furnace.Opening.AddHours(1));

        await using var again = await furnace.Server.RestartAsync();

        Assert.DoesNotContain("ktp_destruction_", await ReadAsync(again), StringComparison.Ordinal);
        await again.Services.GetRequiredService<DestructionInstruments>().RefreshAsync(Furnace.Opening.AddHours(2), CancellationToken.None);
        await ShowsAsync(again, ("cards_total{reason=\"status\"}", 3), ("custody", 1), ("custody_oldest_seconds", 7_200), ("open", 0));
    }

    private static async Task ShowsAsync(RunningServer server, params (string Name, long Value)[] wanted)
    {
        var page = await ReadAsync(server);
        Assert.All(wanted, one => Assert.Contains($"\nktp_destruction_{one.Name} {one.Value}\n", page, StringComparison.Ordinal));
    }

    private static async Task<string> ReadAsync(RunningServer server)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri(server.HttpAddress, "/metrics"));
    }
}
