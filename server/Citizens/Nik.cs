using System.Globalization;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Citizens;

/// <summary>
/// A citizen's number: PPKKDD of first registration, DDMMYY of birth with 40 added to a woman's day, a serial from 0001
/// (Permendagri 73/2022 and before). It holds the region for life and says nothing of residence. It never prints itself.
/// </summary>
internal readonly struct Nik
{
    private Nik(string digits) => Digits = digits;

    public string Digits { get; }

    /// <summary>Refuses with INVALID_ARGUMENT; the message never shows what was sent.</summary>
    public static Nik Require(string text)
    {
        if (text.Length != 16 || !text.All(char.IsAsciiDigit))
        {
            throw Refuse.Invalid($"A NIK has 16 digits; this one has {text.Length} characters{(text.All(char.IsAsciiDigit) ? "" : ", not all of them digits")}.");
        }

        var (day, month, serial) = (Number(text, 6), Number(text, 8), int.Parse(text.AsSpan(12), CultureInfo.InvariantCulture));
        if (day is not (>= 1 and <= 31 or >= 41 and <= 71) || month is not (>= 1 and <= 12) || serial == 0)
        {
            throw Refuse.Invalid("The NIK's date of birth or serial cannot be: DDMMYY (a woman's day is 40 higher) and a serial from 0001 are expected.");
        }

        return new Nik(text);
    }

    public override string ToString() => "(NIK)";

    private static int Number(string text, int start) => int.Parse(text.AsSpan(start, 2), CultureInfo.InvariantCulture);
}
