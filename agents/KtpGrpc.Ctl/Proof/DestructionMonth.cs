namespace KtpGrpc.Ctl.Proof;

/// <summary>Checks the report of a month: its records, the sums, the balance, the signature.</summary>
internal static class DestructionMonth
{
    public const string Form = "ktp-destruction-month-v1";

    public static IEnumerable<(string Name, string Value)> Check(SignedFile file)
    {
        using var lines = file.Body().GetEnumerator();
        var header = Canonical.Read(lines.MoveNext() ? lines.Current : throw new FindingException("The file has no header."), ProofJson.Compact.DestructionMonthHeader, 1);
        var records = new List<Sealed>();
        while (lines.MoveNext())
        {
            var record = Canonical.Read(lines.Current, ProofJson.Compact.Sealed, file.Number);
            DestructionRecord.CheckTotals(record.Totals, record.Cards, $"Record {record.Number}");
            Canonical.Hash(record.RecordSha256, $"The SHA-256 of record {record.Number}");
            if (record.SealedAt < header.From || record.SealedAt >= header.To || !record.Number.StartsWith(header.Office + "/", StringComparison.Ordinal)
                || (records.Count > 0 && string.CompareOrdinal(records[^1].Number, record.Number) >= 0))
            {
                throw new FindingException($"Line {file.Number}: record {record.Number} is of another month or office, or out of order.");
            }

            records.Add(record);
        }

        DestructionRecord.CheckTotals(header.Totals, header.Cards, "The report");
        var sums = records.SelectMany(record => record.Totals).GroupBy(total => total.Reason).ToDictionary(reason => reason.Key, reason => reason.Sum(total => total.Cards));
        if (header.Form != Form || header.Records != records.Count || header.Cards != records.Sum(record => record.Cards)
            || sums.Count != header.Totals.Count || header.Totals.Any(total => sums.GetValueOrDefault(total.Reason) != total.Cards))
        {
            throw new FindingException("The report's totals are not those of its records.");
        }

        if (header.ExportedAt < header.To || !header.BalanceAtExport.Holds)
        {
            throw new FindingException("The report was made before its month was over, or its balance does not hold.");
        }

        return
        [
            ("month", header.Month), ("office", $"{header.OfficeName} ({header.Office})"), ("records", $"{header.Records}"), ("cards", $"{header.Cards}"),
            .. records.Select(record => (record.Number, $"{record.Cards} {record.RecordSha256}")),
        ];
    }

    internal sealed record Header(
        string Form, string Office, string OfficeName, string Month, DateTimeOffset From, DateTimeOffset To, long Records, long Cards,
        IReadOnlyList<DestructionRecord.ReasonTotal> Totals, DateTimeOffset ExportedAt, Balance BalanceAtExport);

    internal sealed record Sealed(
        string Number, string DestructionId, DateTimeOffset SealedAt, string Method, string RecordSha256, long Cards, IReadOnlyList<DestructionRecord.ReasonTotal> Totals);

    internal sealed record Balance(
        long Received, long Vault, long Hopper, long Consuming, long Issued, long Spoiled, long Custody, long Listed, long Destroyed, long Missing,
        long TransferredIn, long TransferredOut, long IssuedElsewhere)
    {
        [System.Text.Json.Serialization.JsonIgnore]
        public bool Holds => Received + TransferredIn + IssuedElsewhere
            == Vault + Hopper + Consuming + Issued + Spoiled + Custody + Listed + Destroyed + Missing + TransferredOut;
    }
}
