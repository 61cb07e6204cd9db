using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Journal;

/// <summary>
/// Every kind of fact there is, how it is read, and how it changes the tables. Tables that are listed here are written by
/// facts alone: live, the journal applies a fact as it accepts it; a verification folds all facts by the same code.
/// </summary>
internal sealed class FactCatalog
{
    private readonly Dictionary<string, Entry> _kinds = [];
    private readonly Dictionary<Type, Entry> _types = [];
    private readonly List<string> _tables = [];

    public FactCatalog(IEnumerable<FactCatalogPart> parts)
    {
        foreach (var part in parts)
        {
            part.AddTo(this);
        }
    }

    /// <summary>Tables that are nothing but the fold of the journal.</summary>
    public IReadOnlyList<string> Tables => _tables;

    public void AddTables(params ReadOnlySpan<string> tables) => _tables.AddRange(tables);

    public void Add<T>(string kind, JsonTypeInfo<T> json, Func<Tx, DateTimeOffset, T, ValueTask> apply) where T : class, IFact =>
        Add(kind, json, (tx, at, fact, _) => apply(tx, at, fact));

    /// <param name="apply">Is given the row that the fact changes, where somebody has locked it, so that it is not read twice; null where nobody has.</param>
    public void Add<T, TRow>(string kind, JsonTypeInfo<T> json, Func<Tx, DateTimeOffset, T, TRow?, ValueTask> apply)
        where T : class, IFact
        where TRow : class =>
        Add(kind, json, (tx, at, fact, locked) => apply(tx, at, fact, (TRow?)locked));

    private void Add<T>(string kind, JsonTypeInfo<T> json, Func<Tx, DateTimeOffset, T, object?, ValueTask> apply) where T : class, IFact
    {
        var entry = new Entry(kind,
            fact => JsonSerializer.Serialize((T)fact, json),
            payload => JsonSerializer.Deserialize(payload, json) ?? throw new InvalidDataException($"A payload of {kind} is null."),
            (tx, at, fact, locked) => apply(tx, at, (T)fact, locked));
        _kinds.Add(kind, entry);
        _types.Add(typeof(T), entry);
    }

    public Entry Of(IFact fact) => _types[fact.GetType()];

    public Entry Of(string kind) => _kinds.TryGetValue(kind, out var entry)
        ? entry
        : throw new InvalidDataException($"The journal holds a fact of kind '{kind}', which this program does not know.");

    /// <summary>The kinds of the facts that have something in common.</summary>
    public IReadOnlySet<string> KindsOf<T>() where T : IFact => _types.Where(type => type.Key.IsAssignableTo(typeof(T))).Select(type => type.Value.Kind).ToHashSet();

    internal sealed record Entry(
        string Kind, Func<IFact, string> Write, Func<string, IFact> Read, Func<Tx, DateTimeOffset, IFact, object?, ValueTask> Apply)
    {
        /// <param name="locked">The row that the fact changes, as the transaction has it locked; null where the fold has to read it.</param>
        public ValueTask ApplyAsync(Tx tx, DateTimeOffset at, IFact fact, object? locked = null) => Apply(tx, at, fact, locked);
    }
}

/// <summary>What one feature adds to the catalog.</summary>
internal sealed record FactCatalogPart(Action<FactCatalog> AddTo);
