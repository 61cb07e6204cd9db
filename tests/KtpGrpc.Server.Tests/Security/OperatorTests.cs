using System.Text;
using Grpc.Core;
using Ktp.Stations.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Security;

public sealed class OperatorTests
{
    [Theory]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic !!!")]
    [InlineData("Basic bm9jb2xvbg==")]
    [InlineData("Basic /////w==")]
    [InlineData("Bearer abc")]
    [InlineData("abc")]
    [InlineData("Basic YTpi, Basic YTpi")]
    [InlineData("Basic Og==")]
    public async Task Header_ThatIsMalformed_MakesNobodyOfTheCaller(string header)
    {
        await using var server = await RunningServer.StartAsync();

        Assert.Equal(StatusCode.Unauthenticated, (await RefusedAsync(server.WithAuthorization(header))).StatusCode);
    }

    [Fact]
    public async Task Operator_WithAWrongSecretOrName_IsRefusedAlike()
    {
        await using var server = await RunningServer.StartAsync();

        var wrong = await RefusedAsync(server.WithAuthorization(RunningServer.As("admin", "wrong").Value));
        var unknown = await RefusedAsync(server.WithAuthorization(RunningServer.As("nobody", "wrong").Value));
        var empty = await RefusedAsync(server.WithAuthorization(RunningServer.As("admin", "").Value));

        Assert.All([wrong, unknown, empty], refused => Assert.Equal((StatusCode.Unauthenticated, wrong.Status.Detail), (refused.StatusCode, refused.Status.Detail)));
    }

    [Fact]
    public async Task Scheme_InAnyCase_IsTaken()
    {
        await using var server = await RunningServer.StartAsync();
        var secret = (await File.ReadAllTextAsync(Path.Combine(server.Options.Data, "admin.secret"))).Trim();

        await ListAsync(server.WithAuthorization("bAsIc " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"admin:{secret}"))));
    }

    [Fact]
    public async Task Operator_WithoutTheRoleOrOutsideHisRegion_IsRefusedAndChangesNothing()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync("53.71.04", "53.72.01");
        var station = await server.JoinAsync("53.71.04");
        var viewer = new StationService.StationServiceClient(server.Operator("viewer", "53", Role.Viewer));
        var dispatcher = new StationService.StationServiceClient(server.Operator("dispatcher", "53.71", Role.Dispatcher));
        var elsewhere = new StationService.StationServiceClient(server.Operator("elsewhere", "53.72", Role.Admin));
        var retire = new RetireStationRequest { RequestId = "1", StationId = station.Id, Reason = "test" };
        Func<Task>[] refused =
        [
            () => viewer.RetireStationAsync(retire).ResponseAsync,
            () => viewer.SetMaintenanceAsync(new SetMaintenanceRequest { RequestId = "1", StationId = station.Id }).ResponseAsync,
            () => viewer.ListStationsAsync(new ListStationsRequest()).ResponseAsync,
            () => viewer.ListStationsAsync(new ListStationsRequest { RegionCode = "54" }).ResponseAsync,
            () => dispatcher.RetireStationAsync(retire).ResponseAsync,
            () => elsewhere.RetireStationAsync(retire).ResponseAsync,
            () => elsewhere.GetStationAsync(new GetStationRequest { StationId = station.Id }).ResponseAsync,
            () => elsewhere.CreateJoinTokenAsync(new CreateJoinTokenRequest { RequestId = "1", RegionCode = "53.71.04", StationName = "Desk" }).ResponseAsync,
            () => elsewhere.PutRegionsAsync(new PutRegionsRequest { RequestId = "1", Regions = { new Region { Code = "53.72", Name = "x" } } }).ResponseAsync,
            () => new StationService.StationServiceClient(station.Control).RetireStationAsync(retire).ResponseAsync,
            () => new StationService.StationServiceClient(station.Control).ListStationsAsync(new ListStationsRequest { RegionCode = "53.71.04" }).ResponseAsync,
        ];

        foreach (var call in refused)
        {
            Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);
        }

        Assert.Single((await viewer.ListStationsAsync(new ListStationsRequest { RegionCode = "53.71" })).Stations, known => known.Standing == StationStanding.Active);
        await dispatcher.SetMaintenanceAsync(new SetMaintenanceRequest { RequestId = "1", StationId = station.Id });
        Assert.Empty(await server.FaultsAsync());
    }

    [Fact]
    public async Task Operator_TakenOutOfTheFile_IsRefusedFromTheNextCallOn()
    {
        await using var server = await RunningServer.StartAsync();
        var path = Path.Combine(server.Options.Data, "operators.json");
        var without = await File.ReadAllTextAsync(path);
        var caller = server.Operator("guest", "", Role.Viewer);
        await ListAsync(caller);

        await WriteAsync(path, without);

        Assert.Equal(StatusCode.Unauthenticated, (await RefusedAsync(caller)).StatusCode);
        await ListAsync(server.Admin);
    }

    [Theory]
    [InlineData("[{")]
    [InlineData("""[{"name": "x", "secretHash": "x", "roles": ["Nonsense"], "region": ""}]""")]
    [InlineData("""[{"name": "x", "secretHash": "pbkdf2-sha256$100000$AA==$AA==", "roles": [], "region": "nowhere"}]""")]
    [InlineData("""[{"name": "x", "secretHash": "plain", "roles": [], "region": ""}]""")]
    [InlineData("[null]")]
    [InlineData("[{}]")]
    public async Task File_ThatTurnsUnreadable_LeavesTheKnownOperatorsUntilItIsMended(string broken)
    {
        await using var server = await RunningServer.StartAsync();
        server.ExpectError("The file of operators cannot be read");
        var path = Path.Combine(server.Options.Data, "operators.json");
        var sound = await File.ReadAllTextAsync(path);
        await ListAsync(server.Admin);

        await WriteAsync(path, broken);
        await ListAsync(server.Admin);
        await WriteAsync(path, sound);
        await ListAsync(server.Operator("guest", "", Role.Viewer));
    }

    /// <summary>With a time that no earlier write had, which a fast test may not reach by itself.</summary>
    private static async Task WriteAsync(string path, string content)
    {
        var later = File.GetLastWriteTimeUtc(path).AddSeconds(10);
        await File.WriteAllTextAsync(path, content);
        File.SetLastWriteTimeUtc(path, later);
    }

    private static Task<ListStationsResponse> ListAsync(CallInvoker caller) =>
        new StationService.StationServiceClient(caller).ListStationsAsync(new ListStationsRequest()).ResponseAsync;

    private static Task<RpcException> RefusedAsync(CallInvoker caller) => Assert.ThrowsAsync<RpcException>(() => ListAsync(caller));
}
