using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Destruction;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Printing;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Security;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Microsoft.AspNetCore.DataProtection;

namespace KtpGrpc.Simulation;

/// <summary>What runs share: a store with its tables and the two offices, the server's own services, a disk in memory.</summary>
internal sealed class Machine : IDisposable
{
    public static readonly string[] Offices = ["53.71", "53.72"];
    public static readonly StationId[] StationIds = [StationId.Trusted("53.71.01-1"), StationId.Trusted("53.71.02-1"), StationId.Trusted("53.72.01-1")];

    // The agents write through to the disk all the time: in memory that costs nothing.
    private readonly TempFolder _folder = TempFolder.InMemory();
    private int _folders;

    public Machine()
    {
        Migrator.MigrateAsync(Store, CancellationToken.None).GetAwaiter().GetResult();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Database>(Store);
        services.AddSingleton(new DataFolder(_folder["server"]));
        services.AddSingleton<KeyedHash>();
        services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        services.AddServingState();
        services.AddClock();
        services.AddJournal();
        services.AddStations();
        services.AddCitizens();
        services.AddCards();
        services.AddPrinting();
        services.AddDestruction();
        Provider = services.BuildServiceProvider();
        Found();
        Fold = new Fold(Store, Provider.GetRequiredService<FactCatalog>());
    }

    public SimulatedStore Store { get; } = new();

    public IServiceProvider Provider { get; }

    public Fold Fold { get; }

    /// <summary>An empty folder for an agent.</summary>
    public string NewFolder(int number)
    {
        var folder = _folder[$"{++_folders}-{number}"];
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>Undoes a run.</summary>
    public void Clean()
    {
        Store.UndoRun();
        foreach (var folder in Directory.EnumerateDirectories(_folder.Path).Where(folder => Path.GetFileName(folder) != "server"))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public void Dispose()
    {
        _folder.Dispose();
        ((IDisposable)Provider).Dispose();
    }

    private void Found()
    {
        var journal = Provider.GetRequiredService<JournalWriter>();
        Store.WriteAsync(async tx =>
        {
            await journal.AcceptAsync(tx, World.Opening, "server", new RegionsPut("", [.. Offices.Select(office => new RegionsPut.Entry(office, office))]));
            foreach (var id in StationIds)
            {
                await journal.AcceptAsync(tx, World.Opening, "server", new StationJoined(id.Value, id.Region.Value, "Desk", [1], World.Opening));
            }
        }, CancellationToken.None).GetAwaiter().GetResult();
    }
}
