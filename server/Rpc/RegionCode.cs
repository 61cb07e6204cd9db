using System.Diagnostics.CodeAnalysis;

namespace KtpGrpc.Server.Rpc;

/// <summary>
/// Code of a place in the administrative tree: PP, PP.KK, PP.KK.DD or PP.KK.DD.VVVV, digits only (Kepmendagri on codes of
/// regions); the empty code is the country. A right for a region holds for all below it.
/// </summary>
internal readonly record struct RegionCode
{
    public static readonly RegionCode Country = new("");

    private readonly string? _value;

    private RegionCode(string value) => _value = value;

    public string Value => _value ?? "";

    /// <summary>0 for the country, 1 province, 2 regency or city, 3 district, 4 village.</summary>
    public int Depth => Value.Length switch { 0 => 0, 2 => 1, 5 => 2, 8 => 3, _ => 4 };

    public RegionCode Parent => Depth switch
    {
        0 => throw new InvalidOperationException("The country has no parent."),
        1 => Country,
        var depth => new RegionCode(Value[..(3 * depth - 4)]),
    };

    /// <summary>The regency or city that keeps the books for this place.</summary>
    public RegionCode Office => Depth >= 2 ? new RegionCode(Value[..5]) : throw new InvalidOperationException("Only a regency and what lies below it has an office.");

    public bool Contains(RegionCode other) =>
        Value.Length == 0 || other.Value == Value || (other.Value.StartsWith(Value, StringComparison.Ordinal) && other.Value[Value.Length] == '.');

    /// <summary>Bounds for SQL: a code or station id lies in this region when it is at least the first and less than the second.</summary>
    public (string From, string To) Range => (Value, Value + "~");

    public static bool TryParse(string? text, [NotNullWhen(true)] out RegionCode code)
    {
        code = default;
        if (text is null || text.Length is not (0 or 2 or 5 or 8 or 13))
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            var wantsDot = i is 2 or 5 or 8;
            if (wantsDot ? text[i] != '.' : !char.IsAsciiDigit(text[i]))
            {
                return false;
            }
        }

        code = new RegionCode(text);
        return true;
    }

    /// <summary>A code that comes from our own tables.</summary>
    public static RegionCode Trusted(string text) => new(text);

    public override string ToString() => Value;
}
