using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KtpGrpc.Fleet.Scenarios;

/// <summary>A scenario that cannot be played, with all that is wrong with it.</summary>
internal sealed class ScenarioException(string message) : Exception(message);

/// <summary>Reads a scenario from a file or from those that came with the fleet, and refuses one that contradicts itself.</summary>
internal static class ScenarioReader
{
    private static readonly JsonSerializerOptions _options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        RespectNullableAnnotations = true,
        Converters =
        {
            new ExistingDateConverter(),
            new TimeOfDayConverter(),
            new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false),
        },
    };

    public static IReadOnlyList<string> Included { get; } =
        [.. typeof(ScenarioReader).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".json", StringComparison.Ordinal)).Select(name => name[..^5]).Order()];

    /// <param name="name">The name of one that came with the fleet, or the path of a file.</param>
    public static ScenarioFile Load(string name)
    {
        if (Included.Contains(name))
        {
            using var resource = new StreamReader(typeof(ScenarioReader).Assembly.GetManifestResourceStream(name + ".json")!, Encoding.UTF8);
            return Parse(resource.ReadToEnd(), name);
        }

        return File.Exists(name)
            ? Parse(File.ReadAllText(name), name)
            : throw new ScenarioException($"There is no scenario '{name}': neither a file, nor one of {string.Join(", ", Included)}.");
    }

    public static ScenarioFile Parse(string json, string name)
    {
        ScenarioFile file;
        try
        {
            file = JsonSerializer.Deserialize<ScenarioFile>(json, _options) ?? throw new JsonException("The file is empty.");
        }
        catch (JsonException fault)
        {
            throw new ScenarioException($"Scenario '{name}' cannot be read: {fault.Message} ({fault.Path ?? "$"}, line {fault.LineNumber + 1})");
        }

        file = ProvinceDesks.Of(file);
        var faults = ScenarioRules.FaultsOf(file).ToList();
        return faults.Count == 0
            ? file
            : throw new ScenarioException($"Scenario '{name}' does not hold:{string.Concat(faults.Select(fault => "\n  " + fault))}");
    }
}
