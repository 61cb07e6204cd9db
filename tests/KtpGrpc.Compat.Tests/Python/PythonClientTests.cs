using System.Diagnostics;
using System.Text.Json;
using Grpc.AspNetCore.Server;
using KtpGrpc.Compat.Tests.Server;

namespace KtpGrpc.Compat.Tests.Python;

/// <summary>The server engine on the compat assemblies, as the reference implementation in C sees it.</summary>
public sealed class PythonClientTests
{
    // The interpreter for which Debian installs python3-grpcio.
    private const string Interpreter = "/usr/bin/python3";

    [Fact]
    public async Task PythonClient_CallingEveryKind_SeesWhatADotNetClientWouldSee()
    {
        await using var server = await ParrotServer.StartAsync(
            new ScriptedParrot
            {
                OnSay = SayAsync,
                OnGather = async (requests, context) =>
                {
                    var words = await requests.ReadAllAsync(context.CancellationToken).Select(request => request.Text).ToArrayAsync();
                    return new Phrase { Text = string.Join('+', words) };
                },
                OnCount = async (request, responses, context) =>
                {
                    await responses.WriteAsync(new Phrase { Text = request.Text + "1" }, context.CancellationToken);
                    await responses.WriteAsync(new Phrase { Text = request.Text + "2" }, context.CancellationToken);
                },
                OnChat = async (requests, responses, context) =>
                {
                    await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
                    {
                        await responses.WriteAsync(new Phrase { Text = request.Text.ToUpperInvariant() }, context.CancellationToken);
                    }
                },
            },
            options => options.ResponseCompressionAlgorithm = "gzip");

        var report = JsonDocument.Parse(await RunAsync(server.Address.Authority)).RootElement;

        Assert.Equal("identity halo", report.GetProperty("unary").GetString());
        Assert.Equal("[0, 255, 1]", report.GetProperty("trailer").GetRawText());
        Assert.True(report.GetProperty("gzip").GetBoolean());
        Assert.True(report.GetProperty("deflate").GetBoolean());
        Assert.Equal("a+b", report.GetProperty("gather").GetString());
        Assert.Equal("""["x1", "x2"]""", report.GetProperty("count").GetRawText());
        Assert.Equal("""["A", "B"]""", report.GetProperty("chat").GetRawText());
        Assert.Equal("""["RESOURCE_EXHAUSTED", "no cards", "stock"]""", report.GetProperty("failure").GetRawText());
        Assert.Equal("DEADLINE_EXCEEDED", report.GetProperty("late").GetString());
    }

    private static async Task<Phrase> SayAsync(Phrase request, ServerCallContext context)
    {
        switch (request.Text)
        {
            case "fail":
                throw new RpcException(new Status(StatusCode.ResourceExhausted, "no cards"), new Metadata { { "reason", "stock" } });
            case "wait":
                await context.CancellationToken.WhenCancelled();
                break;
            case "halo":
                context.ResponseTrailers.Add("echo-bin", [.. context.RequestHeaders.GetValueBytes("key-bin")!, 1]);
                break;
        }

        var encoding = context.GetHttpContext().Request.Headers["grpc-encoding"].FirstOrDefault() ?? "identity";
        return new Phrase { Text = $"{encoding} {request.Text}" };
    }

    private static async Task<string> RunAsync(string address)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Python", "parrot_client.py");
        using var process = Process.Start(new ProcessStartInfo(Interpreter, [script, address])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var patience = Patience.Token();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);

            Assert.True(process.ExitCode == 0, await errors);
            return await output;
        }
        finally
        {
            process.Kill();
        }
    }
}
