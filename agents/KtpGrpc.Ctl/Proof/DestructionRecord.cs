using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace KtpGrpc.Ctl.Proof;

/// <summary>Checks a record of destruction: each card once, the sums, who signed what, the list's hash, the signature.</summary>
internal static partial class DestructionRecord
{
    public const string Form = "ktp-destruction-v1";

    private const int MostInLine = 1_000;
    private const int LeastWitnesses = 2;

    /// <summary>In their order.</summary>
    private static readonly string[] _reasons = ["PRINT", "ENCODE", "FEED", "CANCELLED", "DAMAGED", "STATUS", "MOVED", "CORRECTED"];

    public static IEnumerable<(string Name, string Value)> Check(SignedFile file)
    {
        using var lines = file.Body().GetEnumerator();
        var first = lines.MoveNext() ? lines.Current : throw new FindingException("The file has no record.");
        var record = Canonical.Read(first, ProofJson.Compact.Record, 1);
        using var list = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var counted = CheckCards(file, lines, list);
        if (Convert.ToHexStringLower(list.GetHashAndReset()) != record.ListSha256)
        {
            throw new FindingException("The cards are not those of the list that was signed: its SHA-256 differs.");
        }

        CheckTotals(record.Totals, record.Cards, "The record");
        if (!record.Totals.SequenceEqual(counted))
        {
            throw new FindingException($"The record's totals are not those of the cards: {counted.Sum(total => total.Cards)} are listed, and {record.Cards} are told.");
        }

        CheckPeople(record);
        return
        [
            ("record", record.Number), ("office", $"{record.OfficeName} ({record.Office})"), ("sealed", $"{record.SealedAt:yyyy-MM-dd HH:mm:ss}Z"), ("cards", $"{record.Cards}"),
            ("totals", string.Join(", ", record.Totals.Select(total => $"{total.Reason.ToLowerInvariant()} {total.Cards}"))),
            .. record.Signatories.Select(person => (person.Role.ToLowerInvariant(), $"{person.Operator}, {person.OnBehalfOf}")),
            ("sha256", Convert.ToHexStringLower(SHA256.HashData([.. first, (byte)'\n']))),
        ];
    }

    public static void CheckTotals(IReadOnlyList<ReasonTotal> totals, long cards, string what)
    {
        if (totals.Any(total => total.Cards < 1 || !_reasons.Contains(total.Reason))
            || !totals.Select(total => Array.IndexOf(_reasons, total.Reason)).SequenceEqual(totals.Select(total => Array.IndexOf(_reasons, total.Reason)).Distinct().Order()))
        {
            throw new FindingException($"{what} names a reason that there is not, or not once, or out of order.");
        }

        if (totals.Sum(total => total.Cards) is var sum && sum != cards)
        {
            throw new FindingException($"{what} tells of {cards} cards, and its totals sum to {sum}: a difference of {Math.Abs(cards - sum)}.");
        }
    }

    private static List<ReasonTotal> CheckCards(SignedFile file, IEnumerator<byte[]> lines, IncrementalHash list)
    {
        var (totals, serials) = (new List<ReasonTotal>(), new HashSet<long>());
        var (last, full) = (0L, true);
        while (lines.MoveNext())
        {
            var cards = Canonical.Read(lines.Current, ProofJson.Compact.Cards, file.Number);
            list.AppendData(lines.Current);
            list.AppendData("\n"u8);
            var another = totals.Count == 0 || totals[^1].Reason != cards.Reason;
            if (!_reasons.Contains(cards.Reason) || (another && totals.Count > 0 && Array.IndexOf(_reasons, totals[^1].Reason) > Array.IndexOf(_reasons, cards.Reason))
                || cards.Serials.Count is < 1 or > MostInLine || (!another && !full))
            {
                throw new FindingException($"Line {file.Number} does not stand where it should.");
            }

            last = another ? 0 : last;
            foreach (var serial in cards.Serials)
            {
                if (serial <= last || !serials.Add(serial))
                {
                    throw new FindingException($"Line {file.Number}: card {serial} stands there twice, or out of order.");
                }

                last = serial;
            }

            full = cards.Serials.Count == MostInLine;
            totals = another
                ? [.. totals, new ReasonTotal(cards.Reason, cards.Serials.Count)]
                : [.. totals.SkipLast(1), totals[^1] with { Cards = totals[^1].Cards + cards.Serials.Count }];
        }

        return totals;
    }

    private static void CheckPeople(Record record)
    {
        if (record.Form != Form || !Number().IsMatch(record.Number) || !record.Number.StartsWith(record.Office + "/", StringComparison.Ordinal)
            || record.Method is not ("FIRE" or "MELTING_MACHINE" or "SHREDDER"))
        {
            throw new FindingException("The record's form, number or method is none that there is.");
        }

        var people = record.Signatories;
        if (people.Any(person => person.Role is not ("CUSTODIAN" or "WITNESS")) || people.Select(person => person.Operator).Distinct().Count() != people.Count
            || people.All(person => person.Role != "CUSTODIAN") || people.Count(person => person.Role == "WITNESS") < LeastWitnesses)
        {
            throw new FindingException($"The record is not signed by a custodian and {LeastWitnesses} witnesses, each another person.");
        }

        if (people.FirstOrDefault(person => person.Counted != record.Cards) is { } other)
        {
            throw new FindingException($"{other.Operator} counted {other.Counted} cards, and the record tells of {record.Cards}.");
        }

        if (record.OpenedAt > record.ClosedAt || people.Any(person => person.SignedAt < record.ClosedAt || person.SignedAt > record.SealedAt))
        {
            throw new FindingException("Somebody signed before the list was closed, or after the record was sealed.");
        }
    }

    [GeneratedRegex(@"^\d\d\.\d\d/\d{4}/\d{4,}$")]
    private static partial Regex Number();

    internal sealed record Record(
        string Form, string Number, string DestructionId, string Office, string OfficeName, string Method, string Place,
        DateTimeOffset OpenedAt, DateTimeOffset ClosedAt, DateTimeOffset SealedAt, long Cards,
        IReadOnlyList<ReasonTotal> Totals, IReadOnlyList<Signatory> Signatories, string ListSha256);

    internal sealed record ReasonTotal(string Reason, long Cards);

    internal sealed record Signatory(string Operator, string Role, string OnBehalfOf, long Counted, DateTimeOffset SignedAt);

    internal sealed record Cards(string Reason, IReadOnlyList<long> Serials);
}
