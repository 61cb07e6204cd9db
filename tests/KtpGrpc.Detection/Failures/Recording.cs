using System.IO.Compression;

namespace KtpGrpc.Detection.Failures;

/// <summary>A kind of file with a row per machine and day, known by its columns.</summary>
/// <param name="Model">The column that names the model; null where all machines are of one.</param>
internal sealed record RecordingKind(string Name, Rules Rules, string[] Trouble, string[] Use, string? Model)
{
    public static readonly RecordingKind Fleet = new("fleet", new Rules(30, 0, 1), ["c2", "c3", "c4", "c5", "c7", "c9"], ["c6"], null);

    public static readonly RecordingKind Disks = new("disks", new Rules(14, 7, 1), ["s5", "s197"], ["s9"], "model");

    public string[] Columns => ["day", "machine", "failure", .. Model is null ? [] : new[] { Model }, .. Trouble, .. Use];

    public static RecordingKind Of(FileInfo file)
    {
        using var plain = file.OpenRead();
        using Stream stream = file.Extension == ".gz" ? new GZipStream(plain, CompressionMode.Decompress) : plain;
        using var lines = new StreamReader(stream);
        var names = (lines.ReadLine() ?? "").Split(',');
        return new[] { Fleet, Disks }.FirstOrDefault(kind => kind.Columns.All(names.Contains))
            ?? throw new InvalidDataException($"{file.Name} is neither a fleet nor disks: it has {string.Join(", ", names)}.");
    }
}

/// <summary>A device-day: the counters as they stood, in the kind's order, trouble first; null for one that is absent.</summary>
internal sealed record DeviceDay(int Day, string Machine, string Model, bool Failed, ulong?[] Totals);

/// <summary>The rows of a file, in the order of the days.</summary>
internal sealed record Recording(RecordingKind Kind, IReadOnlyList<DeviceDay> Rows)
{
    public static Recording Read(FileInfo file)
    {
        var kind = RecordingKind.Of(file);
        var first = kind.Model is null ? 3 : 4;
        var rows = CsvFile.Read(file, kind.Columns).Select(values => new DeviceDay(
            (int)CsvFile.Whole(values[0]), values[1], kind.Model is null ? "" : values[3], values[2] == "1",
            Array.ConvertAll(values[first..], Total))).ToList();
        return new Recording(kind, [.. rows.OrderBy(row => row.Day)]);
    }

    /// <summary>The machines with the scores that a replay has given to the rows.</summary>
    public List<Subject> Subjects(double[] scores, Rules rules) =>
    [
        .. Rows.Select((row, i) => (Row: row, Score: scores[i])).GroupBy(row => row.Row.Machine).Select(machine => new Subject(
            machine.Key,
            [.. machine.Select(row => new Moment(row.Row.Day, row.Score))],
            [.. machine.Where(row => row.Row.Failed).Select(row => (long)row.Row.Day)],
            machine.Count(row => row.Row.Day >= rules.From) / 30.44)),
    ];

    private static ulong? Total(string text)
    {
        var value = CsvFile.Number(text);
        return value is >= 0 and < ulong.MaxValue ? (ulong)value : null;
    }
}
