namespace KtpGrpc.Agent.Enrolment;

/// <summary>
/// A citizen's number: 16 digits, PPKKDD DDMMYY SSSS. Only its form is checked; its region is that of the first
/// registration, whatever the residence. It never shows itself in a log.
/// </summary>
internal readonly record struct Nik
{
    private const int Digits = 16;

    private Nik(string value) => Value = value;

    public string Value { get; }

    public static bool TryParse(string? text, out Nik nik)
    {
        var valid = text is { Length: Digits } && text.All(char.IsAsciiDigit);
        nik = valid ? new Nik(text!) : default;
        return valid;
    }

    public static Nik Parse(string text) => TryParse(text, out var nik)
        ? nik
        : throw new FormatException("A NIK is 16 digits.");

    public override string ToString() => "(NIK)";
}
