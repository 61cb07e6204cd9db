namespace KtpGrpc.Server.Rpc;

/// <summary>What an operator may do, within a region and all below it. An admin may do everything there.</summary>
[Flags]
internal enum Role
{
    None = 0,

    /// <summary>Sees what holds no citizen.</summary>
    Viewer = 1,

    /// <summary>Acknowledges incidents.</summary>
    Operator = 2,

    /// <summary>Sends technicians.</summary>
    Dispatcher = 4,

    /// <summary>Receives and loads blanks.</summary>
    StockOfficer = 8,

    /// <summary>Feeds and steers the print queue, sees packets, sets the obliged.</summary>
    Officer = 16,

    Admin = 32,

    /// <summary>Keeps what is spoiled and withdrawn under lock, and answers for its destruction.</summary>
    Custodian = 64,

    /// <summary>Signs what he saw destroyed.</summary>
    Witness = 128,
}
