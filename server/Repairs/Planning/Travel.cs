using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Repairs.Planning;

/// <summary>
/// Hours from one place to another, by how much of their codes they share. A table by distance would need a map that we do not
/// have; the classes are told apart by more than any map would change within them.
/// </summary>
internal static class Travel
{
    public const double WithinDistrict = 0.25;
    public const double WithinOffice = 1;
    public const double WithinProvince = 4;
    public const double Elsewhere = 24;

    /// <summary>Who starts somewhere in a province or the country is no farther from what lies in it than a neighbour regency.</summary>
    public static double Hours(RegionCode from, RegionCode to) => (from.Contains(to), from.Depth) switch
    {
        (true, >= 3) => WithinDistrict,
        (true, 2) => WithinOffice,
        (true, _) => WithinProvince,
        _ when from.Depth >= 2 && to.Depth >= 2 && from.Office == to.Office => WithinOffice,
        _ when from.Value.AsSpan(0, 2).SequenceEqual(to.Value.AsSpan(0, 2)) => WithinProvince,
        _ => Elsewhere,
    };
}
