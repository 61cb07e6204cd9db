using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>
/// Tells whoever watches of each condition that changed, by following the journal: also of what another server saw, which
/// the memory takes from it as well.
/// </summary>
internal sealed class ConditionFeed(
    HealthMemory memory, Database database, FactCatalog catalog, JournalReader journal, TimeProvider time, ILogger<ConditionFeed> logger)
    : JournalFeed(journal, time, logger)
{
    public Watchers<ConditionRow> Watchers { get; } = new();

    protected override Task LoadAsync(CancellationToken cancellation) => memory.LoadAsync(cancellation);

    protected override async ValueTask TakeAsync(SealedFact fact, CancellationToken cancellation)
    {
        if (!fact.Kind.StartsWith("health.", StringComparison.Ordinal))
        {
            return;
        }

        var news = catalog.Of(fact.Kind).Read(fact.Payload);
        if (news is ModelShifted or ModelRecovered)
        {
            memory.HearOfModel(news, fact.At);
            return;
        }

        var rows = news switch
        {
            ConditionChanged changed => [RowOf(changed, fact.At)],
            DevicesRegistered kit => [.. Removed(kit, fact.At), .. await database.ReadAsync(tx => HealthStore.ListOfStationAsync(tx, StationId.Trusted(kit.StationId), "", int.MaxValue), cancellation)],
            StationForgotten station => memory.Forget(StationId.Trusted(station.StationId), fact.At),
            _ => (IReadOnlyList<ConditionRow>)[],
        };
        memory.HearOfProbation(news, fact.At);
        await memory.HearAsync(news, fact.At, rows, cancellation);
        foreach (var row in rows)
        {
            Watchers.Tell(row);
        }
    }

    private static ConditionRow RowOf(ConditionChanged changed, DateTimeOffset at)
    {
        var (station, device) = (StationId.Trusted(changed.StationId), new DeviceKey(changed.DeviceKind, changed.Serial));
        return new ConditionRow(device.In(station), station, device, changed.Model, new Condition(changed.State, at, changed.Evidence, changed.Advice));
    }

    private static IEnumerable<ConditionRow> Removed(DevicesRegistered kit, DateTimeOffset at)
    {
        var station = StationId.Trusted(kit.StationId);
        return (kit.Removed ?? []).Select(device => ConditionRow.Gone(station, new DeviceKey(device.Kind, device.Serial), device.Model, at));
    }
}
