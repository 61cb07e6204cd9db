using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Incidents;

/// <summary>Tells whoever watches of each incident that changed, and shows the figures, by following the journal.</summary>
internal sealed class IncidentFeed(Database database, JournalReader journal, IncidentInstruments instruments) : BackgroundService
{
    private readonly Dictionary<string, Incident> _open = [];
    private long _position;

    public Watchers<Incident> Watchers { get; } = new();

    /// <summary>How often the offices' figures are looked up: they change without an incident, too.</summary>
    public static readonly TimeSpan FiguresPeriod = TimeSpan.FromSeconds(30);

    public async Task ShowOfficesAsync(DateTimeOffset now, CancellationToken cancellation) =>
        instruments.Show(await database.ReadAsync(KnownStore.OfficesAsync, cancellation));

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var open = await database.ReadAsync(async tx =>
        {
            _position = await tx.NumberAsync("SELECT size FROM journal_head");
            instruments.Show(await KnownStore.OfficesAsync(tx));
            return await IncidentStore.ListAsync(tx, RegionCode.Country, openOnly: true, "", int.MaxValue);
        }, cancellationToken);
        open.ForEach(incident => _open[incident.Id] = incident);
        instruments.Show(open);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var fact in journal.FollowAsync(_position, stoppingToken))
        {
            if (fact.Kind.StartsWith("incidents.", StringComparison.Ordinal))
            {
                await RefreshAsync(fact.Subject["incident/".Length..], stoppingToken);
            }
        }
    }

    private async Task RefreshAsync(string id, CancellationToken cancellation)
    {
        if (await database.ReadAsync(tx => IncidentStore.FindAsync(tx, id), cancellation) is not { } incident)
        {
            return;
        }

        if (incident.IsOpen)
        {
            _open[id] = incident;
        }
        else
        {
            _open.Remove(id);
        }

        instruments.Show([.. _open.Values]);
        Watchers.Tell(incident);
    }
}
