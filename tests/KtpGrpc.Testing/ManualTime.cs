namespace KtpGrpc.Testing;

/// <summary>The system's time, shifted by what a test says: certificates and tokens grow old at once, while timers and waits go on as ever.</summary>
public sealed class ManualTime : TimeProvider
{
    private long _shift;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _shift));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _shift, by.Ticks);
}
