using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;

namespace KtpGrpc.Server.Rpc;

/// <summary>Turns fields of a request into what they must be, or refuses with INVALID_ARGUMENT.</summary>
internal static partial class Require
{
    /// <summary>A village's code has ten, a station's id a few more.</summary>
    private const int MostDigitsShown = 12;

    public static RegionCode Region(string text) => RegionCode.TryParse(text, out var code)
        ? code
        : throw Refuse.Invalid($"'{Shown(text)}' is not a region code: expected PP, PP.KK, PP.KK.DD or PP.KK.DD.VVVV.");

    public static RegionCode District(string text) => Region(text) is { Depth: 3 } code
        ? code
        : throw Refuse.Invalid($"'{Shown(text)}' is not a district: expected PP.KK.DD.");

    public static RegionCode Office(string text) => Region(text) is { Depth: 2 } code
        ? code
        : throw Refuse.Invalid($"'{Shown(text)}' is not an office: expected the PP.KK of a regency or city.");

    /// <summary>A text of people, not blank, of at most <paramref name="most"/> characters; the message shows only the field's name.</summary>
    public static string Text(string value, string field, int most) => string.IsNullOrWhiteSpace(value) || value.Length > most
        ? throw Refuse.Invalid($"{field} must have 1 to {most} characters; it has {value.Length}.")
        : value.Contains('\0')
            ? throw Refuse.Invalid($"{field} must not contain the character NUL.")
            : value;

    /// <summary>A text of people that is kept for ever: it must not hold what may be a NIK.</summary>
    public static string Note(string value, string field, int most) => value.Count(char.IsDigit) > MostDigitsShown
        ? throw Refuse.Invalid($"{field} has {value.Count(char.IsDigit)} digits; it is kept for ever and must not hold a NIK.")
        : Text(value, field, most);

    public static long Within(long value, string field, long least, long most) => value < least || value > most
        ? throw Refuse.Invalid($"{field} must be {least} to {most}; it is {value}.")
        : value;

    public static DateTimeOffset Moment(Timestamp? value, string field) => value is null
        ? throw Refuse.Invalid($"{field} is missing.")
        : value.Seconds is < -62135596800 or > 253402300799 || value.Nanos is < 0 or > 999_999_999
            ? throw Refuse.Invalid($"{field} is not a moment between the years 1 and 9999.")
            : value.ToDateTimeOffset();

    /// <summary>What a caller sent, cut to a length that fits a message; many digits are hidden, since they may be a NIK in the wrong field.</summary>
    public static string Shown(string text) => text.Count(char.IsDigit) > MostDigitsShown ? "…" : text.Length <= 40 ? text : text[..40] + "…";

    /// <summary>A sentence of somebody else's program that is kept: what may be a NIK in it is hidden, and it is cut.</summary>
    public static string Told(string text, int most)
    {
        var told = Digits().Replace(text, "…");
        return told.Length <= most ? told : told[..most] + "…";
    }

    [GeneratedRegex(@"\d(?:[ .-]?\d){12,}")]
    private static partial Regex Digits();
}
