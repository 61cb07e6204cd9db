using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Stations;

/// <summary>The code of a station's district and a running number in it: 53.71.04-1.</summary>
internal readonly record struct StationId
{
    private StationId(string value, RegionCode region)
    {
        Value = value;
        Region = region;
    }

    public string Value { get; }

    public RegionCode Region { get; }

    public static StationId Of(RegionCode district, long number) => new($"{district}-{number}", district);

    public static bool TryParse(string? text, [NotNullWhen(true)] out StationId id)
    {
        id = default;
        if (text is null || text.Length > 20 || text.IndexOf('-') is not (> 0 and var dash)
            || !RegionCode.TryParse(text[..dash], out var region) || region.Depth != 3
            || !int.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number < 1 || text[dash + 1] == '0')
        {
            return false;
        }

        id = new StationId(text, region);
        return true;
    }

    /// <summary>Refuses with INVALID_ARGUMENT what is not a station id.</summary>
    public static StationId Require(string text) => TryParse(text, out var id)
        ? id
        : throw Refuse.Invalid($"'{Rpc.Require.Shown(text)}' is not a station id: expected PP.KK.DD-N.");

    /// <summary>The station that calls; refuses who is none.</summary>
    public static StationId Of(Caller caller) => caller.Kind == CallerKind.Station
        ? Require(caller.Name)
        : throw Refuse.Denied("Only a station may call this.");

    /// <summary>An id that comes from our own tables.</summary>
    public static StationId Trusted(string text) => TryParse(text, out var id) ? id : throw new InvalidDataException("A table holds a station id that is none.");

    public override string ToString() => Value;
}
