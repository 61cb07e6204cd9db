using Grpc.AspNetCore.Server;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Rpc;

/// <summary>Every rpc says who may call it; these few say: everybody.</summary>
public sealed class RightsTests
{
    private static readonly string[] _openToAll =
    [
        "/grpc.health.v1.Health/Check",
        "/grpc.health.v1.Health/Watch",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/ktp.stations.v1.StationService/BeginRenewal",
        "/ktp.stations.v1.StationService/GetAuthority",
        "/ktp.stations.v1.StationService/Join",
        "/ktp.stations.v1.StationService/RenewCertificate",
    ];

    [Fact]
    public async Task Rpcs_OfTheWholeServer_DeclareTheirRight()
    {
        await using var server = await RunningServer.StartAsync(scenario: DateTimeOffset.UnixEpoch.AddYears(47));
        var rpcs = new[] { server.Services, server.UploadServices }.SelectMany(services => services.GetRequiredService<EndpointDataSource>().Endpoints).ToList();

        Assert.Empty(Undeclared(rpcs));
        Assert.Contains("/ktp.scenario.v1.ClockService/AdvanceTo", Named(rpcs, _ => true));
        Assert.Equal(_openToAll, Named(rpcs, right => right is { Anyone: true }));
    }

    [Fact]
    public void Rpc_WithoutARight_IsFound()
    {
        IEndpointRouteBuilder planted = GateServer.Build();

        var undeclared = Undeclared(planted.DataSources.SelectMany(source => source.Endpoints));

        Assert.Contains("/ktp.stations.v1.StationService/ListStations", undeclared);
        Assert.DoesNotContain("/ktp.stations.v1.StationService/GetStation", undeclared);
    }

    private static List<string> Undeclared(IEnumerable<Endpoint> endpoints) => Named(endpoints, right => right is null);

    private static List<string> Named(IEnumerable<Endpoint> endpoints, Func<RightAttribute?, bool> wanted) =>
    [
        .. endpoints
            .Where(endpoint => wanted(endpoint.Metadata.GetMetadata<RightAttribute>()))
            .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName)
            .OfType<string>()
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];
}
