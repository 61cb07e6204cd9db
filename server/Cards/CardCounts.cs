using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Cards;

/// <summary>
/// How a fact changes the counts of holders; gathered first, so that ten thousand cards change few rows, and written in the
/// holders' order, so that no two transactions wait for each other.
/// </summary>
internal sealed class CardCounts
{
    public const string TransferredIn = "transferred_in";
    public const string TransferredOut = "transferred_out";
    public const string Elsewhere = "elsewhere";

    private readonly SortedDictionary<string, SortedDictionary<string, long>> _holders = new(StringComparer.Ordinal);

    public void Add(string holder, CardState state, long cards) => Add(holder, Column(state), cards);

    public void Add(string holder, string column, long cards)
    {
        if (!_holders.TryGetValue(holder, out var columns))
        {
            _holders[holder] = columns = new SortedDictionary<string, long>(StringComparer.Ordinal);
        }

        columns[column] = columns.GetValueOrDefault(column) + cards;
    }

    public void Move(Card before, Card after)
    {
        Add(before.Holder, before.State, -1);
        Add(after.Holder, after.State, 1);
    }

    public async ValueTask SaveAsync(Tx tx)
    {
        foreach (var (holder, columns) in _holders)
        {
            var changes = columns.Where(column => column.Value != 0).ToList();
            if (changes.Count == 0)
            {
                continue;
            }

            var sets = string.Join(", ", changes.Select((change, i) => $"{change.Key} = {change.Key} + ${i + 2}"));
            object?[] arguments = [holder, .. changes.Select(change => (object)change.Value)];
            if (await tx.ExecuteAsync($"UPDATE cards_counts SET {sets} WHERE holder = $1", arguments) == 0)
            {
                await tx.ExecuteAsync("INSERT INTO cards_counts (holder) VALUES ($1) ON CONFLICT DO NOTHING", holder);
                await tx.ExecuteAsync($"UPDATE cards_counts SET {sets} WHERE holder = $1", arguments);
            }
        }
    }

    /// <summary>The column that counts a state; blanks in transit are in nobody's, for their sender has sent them off.</summary>
    private static string Column(CardState state) => state switch
    {
        CardState.Vault => "vault",
        CardState.Hopper => "hopper",
        CardState.Consuming => "consuming",
        CardState.Issued => "issued",
        CardState.Spoiled => "spoiled",
        CardState.Custody => "custody",
        CardState.Listed => "listed",
        CardState.Destroyed => "destroyed",
        CardState.Missing => "missing",
        _ => throw new InvalidDataException($"No count is kept of {state}."),
    };
}
