using Grpc.Core;
using Ktp.Cards.V1;
using Ktp.Destruction.V1;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Destruction;

public sealed class DestructionRaceTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Cards_ListedByManyAtOnce_AreEachOnOneList(Engine engine)
    {
        await using var furnace = await Furnace.LightAsync(engine);
        var serials = await furnace.WithdrawAsync(40);
        var lists = new List<string>();
        for (var i = 0; i < 8; i++)
        {
            lists.Add(await furnace.OpenAsync());
        }

        // Each list overlaps its neighbours, and half of them are named from the other end.
        var listed = await Task.WhenAll(lists.Select(async (id, i) =>
        {
            var mine = serials.Skip(4 * i).Take(8);
            try
            {
                return (await furnace.ListAsync(id, i % 2 == 0 ? mine : mine.Reverse())).Cards;
            }
            catch (RpcException refused) when (refused.StatusCode == StatusCode.FailedPrecondition)
            {
                return 0;
            }
        }));

        Assert.True(listed.Sum() >= 8, "Nobody listed anything: that proves nothing.");
        Assert.All(listed, cards => Assert.True(cards is 0 or 8, $"{cards} cards of 8 were listed."));
        Assert.Equal(listed.Sum(), (await furnace.BalanceAsync()).Listed);
        await furnace.CheckBooksAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Destructions_SealedAtOnce_HaveNumbersOfTheirOwn(Engine engine)
    {
        await using var furnace = await Furnace.LightAsync(engine);
        var ready = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            var id = await furnace.OpenAsync();
            await furnace.ListAsync(id, await furnace.WithdrawAsync(2));
            await furnace.CloseAsync(id, 2, (InvalidReason.Damaged, 2));
            await furnace.SignByAllAsync(id, 2);
            ready.Add(id);
        }

        var burnt = await Task.WhenAll(ready.Select(id => furnace.SealAsync(id)));

        Assert.Equal(Enumerable.Range(1, 6).Select(i => $"53.71/2018/{i:D4}"), burnt.Select(act => act.Number).Order());
        await furnace.CheckBooksAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task List_ReopenedWhileItIsSigned_IsNeverSealedWithHalfOfTheSignatures(Engine engine)
    {
        await using var furnace = await Furnace.LightAsync(engine);
        var id = await furnace.OpenAsync();
        await furnace.ListAsync(id, await furnace.WithdrawAsync(1));
        await furnace.CloseAsync(id, 1, (InvalidReason.Damaged, 1));
        await Furnace.SignAsync(furnace.Custodian, id, SignatoryRole.Custodian, 1);
        await Furnace.SignAsync(furnace.First, id, SignatoryRole.Witness, 1);

        await Task.WhenAll(((Func<Task>[])
        [
            () => Furnace.SignAsync(furnace.Second, id, SignatoryRole.Witness, 1),
            () => furnace.SealAsync(id),
            () => furnace.Custodian.ReopenListAsync(new ReopenListRequest { RequestId = Furnace.New(), DestructionId = id, Reason = "Hitung ulang" }).ResponseAsync,
        ]).Select(async call =>
        {
            try
            {
                await call();
            }
            catch (RpcException refused) when (refused.StatusCode == StatusCode.FailedPrecondition)
            {
                // Whoever came too late.
            }
        }));

        var act = await furnace.GetAsync(id);
        Assert.Equal(act.State == DestructionState.Sealed ? 3 : 0, act.Signatories.Count);
        await furnace.CheckBooksAsync();
    }
}
