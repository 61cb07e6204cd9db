using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Ktp.Stations.V1;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Storage;

public sealed class KilledServerTests
{
    [Fact]
    public async Task Server_KilledWhileItAnswers_HasAllThatItAnsweredWhenItComesBack()
    {
        using var folder = new TempFolder();
        var options = new KtpServerOptions { Data = folder["data"], ControlPort = 0, UploadPort = 0, HttpPort = 0 };

        // The first start, in this process, makes the keys by which the client knows the server.
        await using (await RunningServer.StartAsync(like: options))
        {
        }

        var answered = new ConcurrentBag<string>();
        using (var server = ChildProcess.Start("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "KtpGrpc.Server.dll"), "--data", folder["data"], "--control-port", "0", "--upload-port", "0", "--http-port", "0"]))
        {
            var ready = await server.WaitForLineAsync("control (https://[^,]+),");
            using var authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder["data"], "keys", "ca.pem"));
            using var channel = RunningServer.Dial(new Uri(ready.Groups[1].Value), authority);
            var stations = new StationService.StationServiceClient(channel.CreateCallInvoker().Intercept(headers =>
            {
                headers.Add(RunningServer.As("admin", File.ReadAllText(Path.Combine(folder["data"], "admin.secret")).Trim()));
                return headers;
            }));
            var writers = Enumerable.Range(10, 8).Select(async writer =>
            {
                for (var i = 0; ; i++)
                {
                    var region = new Region { Code = $"{writer}", Name = $"{writer} at {i}" };
                    await stations.PutRegionsAsync(new PutRegionsRequest { RequestId = $"{writer}-{i}", Regions = { region } });
                    answered.Add(region.Name);
                }
            }).ToList();
            await Eventually.HoldsAsync(() => answered.Count > 300);

            server.Kill();
            foreach (var writer in writers)
            {
                await Assert.ThrowsAsync<RpcException>(() => writer);
            }
        }

        await using var again = await RunningServer.StartAsync(like: options);
        var names = await again.Services.GetRequiredService<KtpGrpc.Server.Storage.Database>().ReadAsync(
            tx => tx.ListAsync("SELECT payload FROM journal", row => row.GetString(0)), CancellationToken.None);
        Assert.All(answered, name => Assert.Contains(names, payload => payload.Contains($"\"{name}\"", StringComparison.Ordinal)));
        Assert.Empty(await again.FaultsAsync());
    }
}
