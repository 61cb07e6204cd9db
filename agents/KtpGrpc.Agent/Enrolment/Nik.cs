using System.Globalization;

namespace KtpGrpc.Agent.Enrolment;

/// <summary>
/// A citizen's number: PPKKDD of first registration, whatever the residence; DDMMYY of birth with 40 added to a woman's
/// day; a serial from 0001 (Permendagri 73/2022 and before). The server has the same rule, and behind the seal a wrong
/// number could not be mended. It never shows itself in a log.
/// </summary>
internal readonly record struct Nik
{
    private const int Digits = 16;

    private Nik(string value) => Value = value;

    public string Value { get; }

    public static bool TryParse(string? text, out Nik nik)
    {
        var valid = text is { Length: Digits } && text.All(char.IsAsciiDigit)
            && Number(text, 6, 2) is >= 1 and <= 31 or >= 41 and <= 71 && Number(text, 8, 2) is >= 1 and <= 12 && Number(text, 12, 4) > 0;
        nik = valid ? new Nik(text!) : default;
        return valid;
    }

    public static Nik Parse(string text) => TryParse(text, out var nik)
        ? nik
        : throw new FormatException("A NIK has 16 digits: PPKKDD, DDMMYY (a woman's day is 40 higher), a serial from 0001.");

    public override string ToString() => "(NIK)";

    private static int Number(string text, int start, int digits) => int.Parse(text.AsSpan(start, digits), CultureInfo.InvariantCulture);
}
