using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;
using Xunit;

namespace KtpGrpc.Server.Tests.Cards;

public sealed class CardConservationTests
{
    private static readonly RegionCode _office = RegionCode.Trusted("53.71");
    private static readonly StationId[] _stations = [StationId.Trusted("53.71.04-1"), StationId.Trusted("53.71.05-1")];

    private static readonly Gen<Step> _steps =
        from kind in Gen.Choose(0, 9)
        from number in Gen.Choose(1, 40)
        from station in Gen.Choose(0, 1)
        from to in Gen.Elements(Enum.GetValues<CardState>())
        select new Step(kind, number, station, to);

    /// <summary>Whatever is received, loaded and moved in any order: each card is in one place, and the counters say which.</summary>
    [Fact]
    public void Cards_ThroughAnyHistory_AreConserved()
    {
        var moved = 0;

        Property.Holds(_steps.ListOf(60), history =>
        {
            using var ledger = new Ledger();
            foreach (var step in history)
            {
                moved += ledger.Do(step) ? 1 : 0;
                ledger.Check();
            }
        }, runs: 40);

        Assert.True(moved > 200, $"Only {moved} steps did anything: they prove nothing.");
    }

    [Fact]
    public void Serials_ThatFollowEachOther_MakeOneRange() =>
        Assert.Equal([new SerialRange(1, 3), new SerialRange(7, 7), new SerialRange(9, 10)], SerialRange.Of([1, 2, 3, 7, 9, 10]));

    internal sealed record Step(int Kind, int Number, int Station, CardState To);

    private sealed class Ledger : IDisposable
    {
        private readonly SqliteDatabase _database = new(":memory:", TimeProvider.System);
        private readonly JournalWriter _journal = new(new FactCatalog([new FactCatalogPart(CardStore.AddTo)]), new JournalSignals());
        private long _received;

        public Ledger() => Migrator.MigrateAsync(_database, CancellationToken.None).GetAwaiter().GetResult();

        /// <summary>False where the step could not be done.</summary>
        public bool Do(Step step) => Run(async tx =>
        {
            var station = _stations[step.Station];
            if (step.Kind == 0)
            {
                var first = await tx.NumberAsync("SELECT MAX(serial) FROM cards") + 1 + step.Number % 3;
                await AcceptAsync(tx, new BlanksReceived(_office.Value, new SerialRange(first, first + step.Number - 1), "BA"));
                _received += step.Number;
                return true;
            }

            if (step.Kind < 3)
            {
                if (await CardStore.LockVaultAsync(tx, _office) < step.Number)
                {
                    return false;
                }

                var lowest = await CardStore.LowestInVaultAsync(tx, _office, step.Number);
                await AcceptAsync(tx, new HopperLoaded(station.Value, station.Region.Value, SerialRange.Of(lowest)));
                return true;
            }

            if (await CardStore.LockAsync(tx, step.Number) is not { Station: not null } card || !CardMoves.IsAllowed(card.State, step.To))
            {
                return false;
            }

            await CardStore.MoveAsync(tx, card.Serial, step.To, step.To == CardState.Spoiled ? "print" : null);
            return true;
        });

        public void Check() => Run(async tx =>
        {
            var balance = await CardStore.GetBalanceAsync(tx, _office);
            Assert.True(balance.Holds, $"{balance}");
            var rows = await tx.ListAsync("SELECT state, COUNT(*) FROM cards GROUP BY state", row => ((CardState)row.GetInt64(0), row.GetInt64(1)));
            var counted = rows.ToDictionary(row => row.Item1, row => row.Item2);
            Assert.Equal(balance, new Balance(
                _received, counted.GetValueOrDefault(CardState.Vault), counted.GetValueOrDefault(CardState.Hopper), counted.GetValueOrDefault(CardState.Consuming),
                counted.GetValueOrDefault(CardState.Issued), counted.GetValueOrDefault(CardState.Spoiled)));
            return true;
        });

        public void Dispose() => _database.DisposeAsync().AsTask().GetAwaiter().GetResult();

        private ValueTask AcceptAsync(Tx tx, IFact fact) => _journal.AcceptAsync(tx, DateTimeOffset.UnixEpoch, "server", fact);

        private bool Run(Func<Tx, ValueTask<bool>> work) => _database.WriteAsync(work, CancellationToken.None).GetAwaiter().GetResult();
    }
}
