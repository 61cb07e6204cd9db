using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>Tells whoever watches of each condition that changed, by following the journal: also of what another server saw.</summary>
internal sealed class ConditionFeed(Database database, FactCatalog catalog, JournalReader journal, TimeProvider time, ILogger<ConditionFeed> logger)
    : JournalFeed(journal, time, logger)
{
    public Watchers<ConditionRow> Watchers { get; } = new();

    protected override async ValueTask TakeAsync(SealedFact fact, CancellationToken cancellation)
    {
        if (!fact.Kind.StartsWith("health.", StringComparison.Ordinal))
        {
            return;
        }

        switch (catalog.Of(fact.Kind).Read(fact.Payload))
        {
            case ConditionChanged changed:
                var station = StationId.Trusted(changed.StationId);
                var device = new DeviceKey(changed.DeviceKind, changed.Serial);
                Watchers.Tell(new ConditionRow(device.In(station), station, device, changed.Model, new Condition(changed.State, fact.At, changed.Evidence, changed.Advice)));
                break;
            case DevicesRegistered registered:
                var rows = await database.ReadAsync(tx => HealthStore.ListOfStationAsync(tx, StationId.Trusted(registered.StationId), "", int.MaxValue), cancellation);
                rows.ForEach(Watchers.Tell);
                break;
            default:
                break;
        }
    }
}
