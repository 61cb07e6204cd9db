using System.Text.Json;
using Grpc.Core;
using Grpc.Reflection.V1;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Rpc;

public sealed class ReflectionTests
{
    // The interpreter for which Debian installs python3-grpcio.
    private const string Python = "/usr/bin/python3";

    [Fact]
    public async Task PythonClient_WithNoProtosOfOurs_FindsTheContractAndCallsByIt()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync("53.71.04");
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["ca.pem"], server.Authority.ExportCertificatePem());
        await File.WriteAllTextAsync(folder["secret"], await File.ReadAllTextAsync(Path.Combine(server.Options.Data, "admin.secret")));

        using var client = ChildProcess.Start(Python,
            [Path.Combine(AppContext.BaseDirectory, "Rpc", "reflection_client.py"), server.ControlAddress.Authority, folder["ca.pem"], folder["secret"], Path.Combine(Repository.Root, "protos"), folder.Path]);
        Assert.True(await client.WaitForExitAsync() == 0, $"{client}");
        var told = JsonDocument.Parse(client.Lines[^1]).RootElement;

        Assert.Equal("SERVING", told.GetProperty("health").GetString());
        Assert.Contains("ktp.stations.v1.StationService", told.GetProperty("services").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(["53", "53.71", "53.71.04"], told.GetProperty("regions").EnumerateArray().Select(code => code.GetString()));
        Assert.Equal(5, told.GetProperty("notFound").GetInt32());
    }

    [Fact]
    public async Task Questions_OfEveryKind_AreAnsweredInOrder()
    {
        await using var server = await RunningServer.StartAsync();
        using var call = new ServerReflection.ServerReflectionClient(server.Anonymous).ServerReflectionInfo();
        ServerReflectionRequest[] questions =
        [
            new() { FileByFilename = "ktp/stations/v1/stations.proto" },
            new() { FileContainingSymbol = "ktp.stations.v1.StationService.Join" },
            new() { FileContainingSymbol = "grpc.health.v1.HealthCheckResponse.ServingStatus" },
            new() { FileContainingSymbol = "google.protobuf.Timestamp" },
            new() { FileContainingSymbol = "ktp.nothing.v1.Nothing" },
            new() { FileByFilename = "nothing.proto" },
            new() { AllExtensionNumbersOfType = "ktp.stations.v1.Station" },
            new() { FileContainingExtension = new ExtensionRequest { ContainingType = "ktp.stations.v1.Station", ExtensionNumber = 1 } },
            new(),
        ];
        foreach (var question in questions)
        {
            await call.RequestStream.WriteAsync(question);
        }

        await call.RequestStream.CompleteAsync();
        var answers = new List<ServerReflectionResponse>();
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            answers.Add(call.ResponseStream.Current);
        }

        Assert.Equal(questions, answers.Select(answer => answer.OriginalRequest));
        Assert.Equal(
            ["ktp/stations/v1/stations.proto", "ktp/stations/v1/stations.proto", "grpc/health/v1/health.proto", "google/protobuf/timestamp.proto", "5", "5", "", "5", "3"],
            answers.Select(answer => answer.MessageResponseCase switch
            {
                ServerReflectionResponse.MessageResponseOneofCase.FileDescriptorResponse =>
                    Google.Protobuf.Reflection.FileDescriptorProto.Parser.ParseFrom(answer.FileDescriptorResponse.FileDescriptorProto[0]).Name,
                ServerReflectionResponse.MessageResponseOneofCase.ErrorResponse => $"{answer.ErrorResponse.ErrorCode}",
                _ => "",
            }));
    }
}
