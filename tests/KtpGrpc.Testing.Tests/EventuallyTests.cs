namespace KtpGrpc.Testing.Tests;

public sealed class EventuallyTests
{
    private static readonly TimeSpan _soon = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task Condition_TrueAtTheThirdLook_Holds()
    {
        var looks = 0;

        var seen = await Eventually.HoldsAsync(() => ++looks, count => count == 3);

        Assert.Equal(3, seen);
    }

    [Fact]
    public async Task Condition_NeverTrue_FailsWithItselfAndWhatWasSeenLast()
    {
        var fault = await Assert.ThrowsAsync<TimeoutException>(() => Eventually.HoldsAsync(() => "grey", colour => colour == "red", _soon));

        Assert.Equal("Not within 0.05 s: colour => colour == \"red\". Last seen: grey", fault.Message);
    }

    [Fact]
    public async Task Look_ThatThrows_CountsAsNotYet()
    {
        var looks = 0;

        await Eventually.HoldsAsync(() => ++looks > 2 ? true : throw new InvalidOperationException("too early"));
        var fault = await Assert.ThrowsAsync<TimeoutException>(
            () => Eventually.HoldsAsync(bool () => throw new InvalidOperationException("too early"), _soon));

        Assert.EndsWith("Last seen: InvalidOperationException: too early", fault.Message);
    }
}
