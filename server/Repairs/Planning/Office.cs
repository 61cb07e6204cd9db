using Ktp.Health.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Repairs.Planning;

/// <summary>How a kit, or a printer, is believed to be. What is being repaired counts as repaired.</summary>
internal enum Works
{
    /// <summary>There is none.</summary>
    None,
    Down,
    Failing,
    Well,
}

/// <summary>A regency or city as a plan sees it.</summary>
/// <param name="Waiting">Citizens who must be recorded and are not; null where nobody has counted the obliged.</param>
/// <param name="Printable">Cards that are owed and have a blank.</param>
/// <param name="LoanPlace">The district that needs a lent kit most.</param>
internal sealed record Office(RegionCode Code, long? Waiting, long Printable, double CardsPerDay, RegionCode LoanPlace, IReadOnlyList<Desk> Desks)
{
    /// <summary>Pieces on the shelf, by what they are parts of.</summary>
    public IReadOnlyDictionary<DeviceKind, int> Shelf { get; init; } = new Dictionary<DeviceKind, int>();
}

/// <summary>A station with its kit; <paramref name="Waiting"/> are the citizens of its district.</summary>
internal sealed record Desk(StationId Station, Works Kit, Works Printer, long Waiting, IReadOnlyList<Fault> Faults);

/// <summary>A device that wants a technician, and who knows of it.</summary>
/// <param name="HasPart">Its part was ordered and came.</param>
/// <param name="PartExpected">The day on which an ordered part is expected; null where none is awaited.</param>
internal sealed record Fault(DeviceKey Device, ConditionState State, string RepairId = "", bool HasPart = false, DateOnly? PartExpected = null)
{
    /// <summary>Who is only failing is cleaned and adjusted first; a dead one is exchanged.</summary>
    public bool NeedsPart => State == ConditionState.Failed && Device.Kind != DeviceKind.Station && !HasPart;
}

/// <summary>Somebody who can be sent, where he is, and the hours he has left today.</summary>
internal sealed record Worker(string Name, RegionCode Place, double Hours);
