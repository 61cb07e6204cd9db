using Grpc.Core;

namespace KtpGrpc.Agent;

/// <summary>How a step of the agent ended.</summary>
internal abstract record StepOutcome
{
    private StepOutcome()
    {
    }

    /// <summary>Everything that was due is done and acknowledged.</summary>
    public sealed record Done : StepOutcome;

    /// <summary>Some of it is not: the server cannot be reached, does not want it yet, or a file cannot be read. It waits on the disk.</summary>
    /// <param name="Code">What the server or the wire said; null where nobody was asked, or the fault is the kiosk's own.</param>
    /// <param name="RetryIn">How long to leave it.</param>
    public sealed record Away(StatusCode? Code, string Reason, TimeSpan RetryIn) : StepOutcome;
}
