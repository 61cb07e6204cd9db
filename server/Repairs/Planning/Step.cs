using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Repairs.Planning;

/// <summary>One thing that could be done. The key is unique and breaks ties, so that one state gives one plan.</summary>
internal abstract record Step(string Key, RegionCode Office)
{
    /// <summary>A visit that repairs all that keeps a station from recording, or all that keeps it from printing.</summary>
    public sealed record Repair(RegionCode Office, Desk Desk, bool Prints, IReadOnlyList<Fault> Faults)
        : Step($"repair/{Desk.Station}/{(Prints ? "prints" : "records")}", Office);

    /// <summary>A kit of a neighbour that has more than it needs.</summary>
    public sealed record Loan(RegionCode Office, Desk Desk, RegionCode To, RegionCode Place) : Step($"loan/{Desk.Station}/{To}", Office);

    public double WorkHours => this switch
    {
        Repair repair => repair.Faults.Sum(fault => Priors.WorkHours(fault.Device.Kind)),

        // The way with the kit is part of the work, whoever does it.
        Loan loan => Priors.PackHours + Travel.Hours(loan.Desk.Station.Region, loan.Place) + Priors.SetUpHours,
        _ => 0,
    };

    /// <summary>Where it begins, and where it leaves the technician.</summary>
    public RegionCode From => this switch { Repair repair => repair.Desk.Station.Region, Loan loan => loan.Desk.Station.Region, _ => Office };

    public RegionCode End => this is Loan loan ? loan.Place : From;

    public bool Touches(RegionCode office) => office == Office || (this is Loan loan && office == loan.To);
}
