namespace KtpGrpc.Agent;

/// <summary>How a step of the agent ended.</summary>
internal abstract record StepOutcome
{
    private StepOutcome()
    {
    }

    /// <summary>Everything that was due is done and acknowledged.</summary>
    public sealed record Done : StepOutcome;

    /// <summary>The server cannot be reached, or does not want this station yet; what is due waits on the disk.</summary>
    /// <param name="RetryIn">How long to leave the server alone.</param>
    public sealed record Away(string Reason, TimeSpan RetryIn) : StepOutcome;
}
