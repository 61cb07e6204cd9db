using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;
using KtpGrpc.Server.Tests.Storage;
using KtpGrpc.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace KtpGrpc.Server.Tests.Journal;

/// <summary>The journal's parts on a database of their own, with nothing running in the background; its facts are regions that get names.</summary>
internal sealed class TestJournal : IAsyncDisposable
{
    public static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(47);

    private readonly TestDatabase _test;
    private readonly FactCatalog _catalog = new([new FactCatalogPart(StationStore.AddTo)]);
    private readonly JournalSignals _signals = new();

    private TestJournal(TestDatabase test)
    {
        _test = test;
        Writer = new JournalWriter(_catalog, _signals);
        Reader = new JournalReader(Database, _signals, TimeProvider.System);
        Sealer = NewSealer();
        Key = new JournalKey(test.Folder);
        Checkpoints = new CheckpointStore(Database, Key);
    }

    public Database Database => _test.Database;

    public JournalWriter Writer { get; }

    public JournalReader Reader { get; }

    public JournalSealer Sealer { get; }

    public JournalKey Key { get; }

    public CheckpointStore Checkpoints { get; }

    public static async Task<TestJournal> CreateAsync(Engine engine) => new(await TestDatabase.CreateAsync(engine));

    /// <summary>The sealer of another server on the same database.</summary>
    public JournalSealer NewSealer() => new(Database, _signals, TimeProvider.System, NullLogger<JournalSealer>.Instance);

    /// <summary>The followers of a server that has just started.</summary>
    public Followers NewFollowers(params Follower[] followers) =>
        new(followers, Database, _catalog, Reader, Sealer, _signals, TimeProvider.System, NullLogger<Followers>.Instance);

    public ValueTask AcceptAsync(Tx tx, string region, string name) =>
        Writer.AcceptAsync(tx, Now, "operator:test", new RegionsPut(region, [new RegionsPut.Entry(region, name)]));

    public Task AcceptAsync(string region, string name) => Database.WriteAsync(tx => AcceptAsync(tx, region, name), CancellationToken.None);

    /// <summary>Seals every fact that is committed.</summary>
    public async Task SealAllAsync()
    {
        while (await Sealer.SealAsync(CancellationToken.None) > 0)
        {
        }
    }

    public Task<List<SealedFact>> FactsAsync() => Database.ReadAsync(tx => JournalReader.ListAsync(tx, 0, 100_000), CancellationToken.None);

    public async Task<IReadOnlyList<string>> VerifyAsync() =>
        (await new JournalVerification(Database, _catalog, Key, TimeProvider.System).RunAsync(CancellationToken.None)).Faults;

    public Task ExecuteAsync(string sql, params object?[] arguments) => Database.WriteAsync(tx => tx.ExecuteAsync(sql, arguments), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        Sealer.Dispose();
        Key.Dispose();
        await _test.DisposeAsync();
    }
}
