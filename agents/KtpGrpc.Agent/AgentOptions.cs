using Grpc.Core;

namespace KtpGrpc.Agent;

/// <summary>Where an agent keeps its things, and which server it belongs to.</summary>
internal sealed record AgentOptions
{
    /// <summary>Folder of the identity, the outbox, the packets and the attempts.</summary>
    public required string Folder { get; init; }

    /// <summary>The server's control endpoint.</summary>
    public required Uri Control { get; init; }

    /// <summary>The server's upload endpoint.</summary>
    public required Uri Upload { get; init; }

    /// <summary>PEM of the certificate of the centre, to which packets are sealed; without it nothing is recorded.</summary>
    public string? CentreCertificatePath { get; init; }

    /// <summary>What the outbox and the packets may take of the disk, in bytes.</summary>
    public long QuotaBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Cards a printer makes in one step at the most; the next step goes on.</summary>
    public int MostCardsPerStep { get; init; } = 32;

    /// <summary>Wraps the wire of uploads, where a run is to lose answers; the wire itself by default.</summary>
    public Func<CallInvoker, CallInvoker> UploadWire { get; init; } = wire => wire;
}
