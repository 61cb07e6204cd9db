using KtpGrpc.Server.Session;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Session;

public sealed class EventIntakeTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Events_ToldByTwoSessionsAtOnce_AreTakenOnce(Engine engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        await server.PutRegionsAsync("53.71.04");
        var id = StationId.Require((await server.JoinAsync("53.71.04")).Id);
        var intake = server.Services.GetRequiredService<EventIntake>();

        for (ulong position = 1; position <= 20; position++)
        {
            var told = Talk.Dropped(position);
            await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => intake.TakeAsync(id, "outbox", told, CancellationToken.None)));
        }

        var taken = await server.Services.GetRequiredService<Database>().ReadAsync(
            tx => tx.NumberAsync("SELECT COUNT(*) FROM journal WHERE kind = 'session.event-taken'"), CancellationToken.None);
        Assert.Equal(20, taken);
        Assert.Equal(20, await intake.DurableAsync(id, "outbox", CancellationToken.None));
        Assert.Empty(await server.FaultsAsync());
    }
}
