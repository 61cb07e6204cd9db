using System.Text.Json;
using System.Text.Json.Serialization;

namespace KtpGrpc.Fleet.Scenarios;

/// <summary>A range that chance draws from, both ends included; in the file <c>[from, to]</c>.</summary>
[JsonConverter(typeof(BetweenConverter))]
internal readonly record struct Between(double From, double To)
{
    public double Draw(ref Chance chance) => From + ((To - From) * chance.NextDouble());

    public int DrawWhole(ref Chance chance) => (int)From + chance.Next((int)To - (int)From + 1);

    public bool Lies(double least, double most) => least <= From && From <= To && To <= most;
}

/// <summary>Reads a range from an array of two numbers.</summary>
internal sealed class BetweenConverter : JsonConverter<Between>
{
    public override Between Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<double[]>(ref reader, options) is [var from, var to]
            ? new Between(from, to)
            : throw new JsonException("A range is an array of two numbers: [from, to].");

    public override void Write(Utf8JsonWriter writer, Between value, JsonSerializerOptions options) => throw new NotSupportedException();
}
