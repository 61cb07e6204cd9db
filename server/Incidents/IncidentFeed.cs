using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Incidents;

/// <summary>Tells whoever watches of each incident that changed, and shows the figures, by following the journal.</summary>
internal sealed class IncidentFeed(Database database, IncidentInstruments instruments, JournalReader journal, TimeProvider time, ILogger<IncidentFeed> logger)
    : JournalFeed(journal, time, logger)
{
    private readonly Dictionary<string, Incident> _open = [];

    public Watchers<Incident> Watchers { get; } = new();

    /// <summary>How often the offices' figures are looked up: they change without an incident, too.</summary>
    public static readonly TimeSpan FiguresPeriod = TimeSpan.FromSeconds(30);

    public async Task ShowOfficesAsync(DateTimeOffset now, CancellationToken cancellation) =>
        instruments.Show(await database.ReadAsync(KnownStore.OfficesAsync, cancellation));

    protected override async Task LoadAsync(CancellationToken cancellation)
    {
        await ShowOfficesAsync(default, cancellation);
        var open = await database.ReadAsync(tx => IncidentStore.ListAsync(tx, RegionCode.Country, openOnly: true, "", int.MaxValue), cancellation);
        open.ForEach(Show);
    }

    protected override async ValueTask TakeAsync(SealedFact fact, CancellationToken cancellation)
    {
        if (fact.Kind.StartsWith("incidents.", StringComparison.Ordinal))
        {
            await RefreshAsync(fact.Subject["incident/".Length..], fact.Kind, cancellation);
        }
    }

    private async Task RefreshAsync(string id, string kind, CancellationToken cancellation)
    {
        if (await database.ReadAsync(tx => IncidentStore.FindAsync(tx, id), cancellation) is not { } incident)
        {
            return;
        }

        Show(incident);
        if (kind == IncidentNoticed.Kind)
        {
            instruments.Noticed(incident.Severity);
        }

        Watchers.Tell(incident);
    }

    private void Show(Incident incident)
    {
        _open.Remove(incident.Id, out var before);
        instruments.Changed(before, incident.IsOpen ? incident : null);
        if (incident.IsOpen)
        {
            _open[incident.Id] = incident;
        }
    }
}
