using System.Globalization;

namespace KtpGrpc.Detection;

/// <summary>What came out of a replay, with the line that it is held to where there is one.</summary>
/// <param name="Least">What the figure must reach; null where it need not.</param>
/// <param name="Most">What it must not pass; null where it may.</param>
internal sealed record Figure(string Name, double Value, string Format, double? Least = null, double? Most = null)
{
    public bool Holds => !(Value < Least) && !(Value > Most) && !double.IsNaN(Value);

    public string Text => Value.ToString(Format, CultureInfo.InvariantCulture);

    public string Line => (Least, Most) switch
    {
        ({ } least, _) => "≥ " + least.ToString(Format, CultureInfo.InvariantCulture),
        (_, { } most) => "≤ " + most.ToString(Format, CultureInfo.InvariantCulture),
        _ => "",
    };
}

internal sealed record Report(string Title, IReadOnlyList<Figure> Figures)
{
    public double Of(string name) => Figures.Single(figure => figure.Name == name).Value;

    public void Write(TextWriter to)
    {
        to.WriteLine(Title);
        foreach (var figure in Figures)
        {
            to.WriteLine($"  {figure.Name,-44} {figure.Text,10}  {figure.Line}{(figure.Holds ? "" : "  MISSED")}");
        }
    }
}
