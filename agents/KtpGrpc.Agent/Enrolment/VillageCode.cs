using System.Text.RegularExpressions;

namespace KtpGrpc.Agent.Enrolment;

/// <summary>Where a citizen lives: the code of a village or kelurahan, PP.KK.DD.VVVV.</summary>
internal readonly partial record struct VillageCode
{
    private const int OfficeCharacters = 6;

    private VillageCode(string value) => Value = value;

    public string Value { get; }

    public static bool TryParse(string? text, out VillageCode code)
    {
        var valid = text is not null && Form().IsMatch(text);
        code = valid ? new VillageCode(text!) : default;
        return valid;
    }

    public static VillageCode Parse(string text) => TryParse(text, out var code) ? code : throw new FormatException("A village's code is PP.KK.DD.VVVV, digits only.");

    /// <summary>Whether it lies in the station's regency, whose code the station's id begins with; the server takes no other.</summary>
    public bool IsNear(StationId station) => station.Value.StartsWith(Value[..OfficeCharacters], StringComparison.Ordinal);

    public override string ToString() => Value;

    [GeneratedRegex(@"\A[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}\z")]
    private static partial Regex Form();
}
