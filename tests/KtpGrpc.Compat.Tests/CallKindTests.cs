using KtpGrpc.Compat.Tests.Server;

namespace KtpGrpc.Compat.Tests;

public sealed class CallKindTests
{
    [Fact]
    public async Task Unary_Called_ReturnsTheServersAnswer()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnSay = (request, _) => Task.FromResult(new Phrase { Text = $"hello, {request.Text}" }),
        });
        using var channel = server.Dial();

        var answer = await new Parrot.ParrotClient(channel).SayAsync(new Phrase { Text = "world" });

        Assert.Equal("hello, world", answer.Text);
    }
}
