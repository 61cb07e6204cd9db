namespace KtpGrpc.Agent;

/// <summary>A station's name as the server gave it when the station joined: 1 to 64 letters, digits, dots, hyphens or underscores.</summary>
internal readonly record struct StationId
{
    private StationId(string value) => Value = value;

    public string Value { get; }

    public static bool TryParse(string? text, out StationId id)
    {
        var valid = text is { Length: >= 1 and <= 64 } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');
        id = valid ? new StationId(text!) : default;
        return valid;
    }

    public static StationId Parse(string text) => TryParse(text, out var id)
        ? id
        : throw new FormatException("A station's id is 1 to 64 letters, digits, dots, hyphens or underscores.");

    public override string ToString() => Value;
}
