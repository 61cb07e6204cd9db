using System.Net;

namespace KtpGrpc.Server;

/// <summary>How a server is started.</summary>
internal sealed record KtpServerOptions
{
    /// <summary>Folder of the embedded database, the packets and, by default, the keys.</summary>
    public required string Data { get; init; }

    /// <summary>Folder of the keys, where they are to lie apart from the data.</summary>
    public string? Keys { get; init; }

    /// <summary>Connection string of a PostgreSQL database; null for the embedded SQLite file.</summary>
    public string? Database { get; init; }

    public IPAddress Listen { get; init; } = IPAddress.Loopback;

    /// <summary>TLS: join, sessions, operators. 0 takes any free port, here and below.</summary>
    public int ControlPort { get; init; } = 5443;

    /// <summary>TLS: uploads.</summary>
    public int UploadPort { get; init; } = 5444;

    /// <summary>Plain HTTP: pages and metrics.</summary>
    public int HttpPort { get; init; } = 5080;

    /// <summary>Names and addresses in the server's certificate.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = ["localhost", "127.0.0.1"];

    /// <summary>Start of a scenario: the domain clock then moves only when it is told. A kept data folder goes on where it was.</summary>
    public DateTimeOffset? ScenarioStart { get; init; }
}
