using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;

namespace KtpGrpc.Simulation;

/// <summary>A second store that is told the journal alone: its tables must be those of the first.</summary>
internal sealed class Fold
{
    private readonly SimulatedStore _live;
    private readonly SimulatedStore _folded = new();
    private readonly FactCatalog _catalog;
    private readonly long _founded;
    private long _taken;

    public Fold(SimulatedStore live, FactCatalog catalog)
    {
        (_live, _catalog) = (live, catalog);
        Migrator.MigrateAsync(_folded, CancellationToken.None).GetAwaiter().GetResult();
        Take();
        _founded = _taken;
    }

    public void BeginRun()
    {
        _folded.BeginRun();
        _taken = _founded;
    }

    public void UndoRun() => _folded.UndoRun();

    /// <summary>Tells it the facts that are new, and compares every table.</summary>
    public void Check()
    {
        Take();
        foreach (var table in _catalog.Tables)
        {
            var (kept, told) = (_live.Look(tx => Rows.OfAsync(tx, table)), _folded.Look(tx => Rows.OfAsync(tx, table)));
            if (!kept.SequenceEqual(told))
            {
                throw new ViolationException($"8: table {table} is not what the journal says.\n  only kept: {string.Join("\n             ", kept.Except(told))}\n  only told: {string.Join("\n             ", told.Except(kept))}");
            }
        }
    }

    private void Take()
    {
        var facts = _live.Look(tx => tx.ListAsync(
            "SELECT id, at, kind, payload FROM journal WHERE id > $1 ORDER BY id",
            row => (Id: row.GetInt64(0), At: row.GetMoment(1), Kind: row.GetString(2), Payload: row.GetString(3)), _taken));
        _folded.WriteAsync(async tx =>
        {
            foreach (var fact in facts)
            {
                var entry = _catalog.Of(fact.Kind);
                await entry.ApplyAsync(tx, fact.At, entry.Read(fact.Payload));
                _taken = fact.Id;
            }
        }, CancellationToken.None).GetAwaiter().GetResult();
    }
}
