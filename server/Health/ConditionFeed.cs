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
        List<ConditionRow> rows = [];
        switch (news)
        {
            case ConditionChanged changed:
                var station = StationId.Trusted(changed.StationId);
                var device = new DeviceKey(changed.DeviceKind, changed.Serial);
                rows = [new ConditionRow(device.In(station), station, device, changed.Model, new Condition(changed.State, fact.At, changed.Evidence, changed.Advice))];
                break;
            case DevicesRegistered registered:
                rows = await database.ReadAsync(tx => HealthStore.ListOfStationAsync(tx, StationId.Trusted(registered.StationId), "", int.MaxValue), cancellation);
                break;
            default:
                break;
        }

        await memory.HearAsync(news, fact.At, rows, cancellation);
        rows.ForEach(Watchers.Tell);
    }
}
