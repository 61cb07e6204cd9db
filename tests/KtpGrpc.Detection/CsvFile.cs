using System.Globalization;
using System.IO.Compression;

namespace KtpGrpc.Detection;

/// <summary>A file of comma-separated values with a line of names, packed where its name ends in .gz. Values hold no commas.</summary>
internal static class CsvFile
{
    /// <summary>The rows with the columns that are asked for, in that order; InvalidDataException for a file that lacks one.</summary>
    public static IEnumerable<string[]> Read(FileInfo file, params string[] columns)
    {
        using var plain = file.OpenRead();
        using Stream stream = file.Extension == ".gz" ? new GZipStream(plain, CompressionMode.Decompress) : plain;
        using var lines = new StreamReader(stream);
        var names = (lines.ReadLine() ?? "").Split(',');
        var places = Array.ConvertAll(columns, column => Array.IndexOf(names, column));
        if (Array.IndexOf(places, -1) is var lacking and >= 0)
        {
            throw new InvalidDataException($"{file.Name} has no column {columns[lacking]}; it has {string.Join(", ", names)}.");
        }

        for (var number = 2; lines.ReadLine() is { } line; number++)
        {
            var values = line.Split(',');
            if (values.Length != names.Length)
            {
                throw new InvalidDataException($"Line {number} of {file.Name} has {values.Length} values where {names.Length} are named.");
            }

            yield return Array.ConvertAll(places, place => values[place]);
        }
    }

    public static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    public static long Whole(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
