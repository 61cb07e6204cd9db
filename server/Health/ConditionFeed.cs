using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>Tells whoever watches of each condition that changed, by following the journal: also of what another server saw.</summary>
internal sealed class ConditionFeed(Database database, JournalReader journal, FactCatalog catalog) : BackgroundService
{
    private long _position;

    public Watchers<ConditionRow> Watchers { get; } = new();

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _position = await journal.GetHeadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var sealedFact in journal.FollowAsync(_position, stoppingToken))
        {
            if (!sealedFact.Kind.StartsWith("health.", StringComparison.Ordinal))
            {
                continue;
            }

            switch (catalog.Of(sealedFact.Kind).Read(sealedFact.Payload))
            {
                case ConditionChanged fact:
                    var station = StationId.Trusted(fact.StationId);
                    var device = new DeviceKey(fact.DeviceKind, fact.Serial);
                    Watchers.Tell(new ConditionRow(device.In(station), station, device, fact.Model, new Condition(fact.State, sealedFact.At, fact.Evidence, fact.Advice)));
                    break;
                case DevicesRegistered fact:
                    var rows = await database.ReadAsync(tx => HealthStore.ListOfStationAsync(tx, StationId.Trusted(fact.StationId), "", int.MaxValue), stoppingToken);
                    rows.ForEach(Watchers.Tell);
                    break;
                default:
                    break;
            }
        }
    }
}
