using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Ktp.Journal.V1;
using Ktp.Session.V1;
using Ktp.Stations.V1;
using KtpGrpc.Agent;
using KtpGrpc.Agent.Devices;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Functional;

public sealed class SessionTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private RunningServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await _server.PutRegionsAsync("53.71.04");
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Agent_ThatJoined_IsConnectedWhileItsSessionIsOpen()
    {
        await using var agent = await TestStation.JoinAsync(_server, _folder["station"], Kit());

        var outcome = await agent.RunDueAsync(Now, CancellationToken.None);

        Assert.IsType<StepOutcome.Done>(outcome);
        Assert.True(await IsConnectedAsync(agent.StationId));
        await agent.DisconnectAsync();
        await Eventually.HoldsAsync(async () => !await IsConnectedAsync(agent.StationId));
    }

    [Fact]
    public async Task Session_WhoseAgentDoesNotAnswerTheProbe_IsTakenOver()
    {
        await (await TestStation.JoinAsync(_server, _folder["station"], Kit())).DisposeAsync();
        using var certificate = X509Certificate2.CreateFromPemFile(_folder["station/station.pem"], _folder["station/station.key.pem"]);
        using var halfOpen = new SessionService.SessionServiceClient(_server.As("53.71.04-1", certificate).Control).Connect();
        await halfOpen.RequestStream.WriteAsync(new ConnectRequest
        {
            Sequence = 1,
            Hello = new Hello { AgentVersion = "1", InstanceId = ByteString.CopyFrom(new byte[16]), OutboxId = ByteString.CopyFrom(new byte[16]) },
        });
        Assert.True(await halfOpen.ResponseStream.MoveNext(CancellationToken.None));
        Assert.True(await IsConnectedAsync("53.71.04-1"));

        await using var agent = await TestStation.OpenAsync(_server, _folder["station"], Kit());
        var outcome = await agent.RunDueAsync(Now, CancellationToken.None);

        Assert.IsType<StepOutcome.Done>(outcome);
        Assert.True(await halfOpen.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(ConnectResponse.BodyOneofCase.Probe, halfOpen.ResponseStream.Current.BodyCase);
        var ended = await Assert.ThrowsAsync<RpcException>(() => halfOpen.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.Unavailable, ended.StatusCode);
    }

    [Fact]
    public async Task Agent_ThatStartsAgain_OpensTheSessionItClosed()
    {
        var first = await TestStation.JoinAsync(_server, _folder["station"], Kit());
        Assert.IsType<StepOutcome.Done>(await first.RunDueAsync(Now, CancellationToken.None));
        await first.DisposeAsync();

        await using var second = await TestStation.OpenAsync(_server, _folder["station"], Kit());
        var outcome = await second.RunDueAsync(Now, CancellationToken.None);

        Assert.IsType<StepOutcome.Done>(outcome);
        Assert.Equal(first.StationId, second.StationId);
    }

    [Fact]
    public async Task Clone_OfAStationThatIsAlive_IsRefusedAndTold()
    {
        await using var original = await TestStation.JoinAsync(_server, _folder["station"], Kit());
        Assert.IsType<StepOutcome.Done>(await original.RunDueAsync(Now, CancellationToken.None));
        Copy(_folder["station"], _folder["copy"]);

        await using var clone = await TestStation.OpenAsync(_server, _folder["copy"], Kit());
        var outcome = await clone.RunDueAsync(Now, CancellationToken.None);

        var away = Assert.IsType<StepOutcome.Away>(outcome);
        Assert.StartsWith(nameof(StatusCode.AlreadyExists), away.Reason);
        Assert.IsType<StepOutcome.Done>(await original.RunDueAsync(Now, CancellationToken.None));
        Assert.Contains("stations.clone-refused", await FactKindsAsync());
    }

    [Fact]
    public async Task Station_PutIntoQuarantine_LosesItsSessionAndComesBackWhenItIsLifted()
    {
        await using var agent = await TestStation.JoinAsync(_server, _folder["station"], Kit());
        Assert.IsType<StepOutcome.Done>(await agent.RunDueAsync(Now, CancellationToken.None));

        await QuarantineAsync(agent.StationId, lift: false);

        await Eventually.HoldsAsync(async () => !await IsConnectedAsync(agent.StationId), TimeSpan.FromSeconds(5));
        Assert.IsType<StepOutcome.Away>(await agent.RunDueAsync(Now, CancellationToken.None));
        await QuarantineAsync(agent.StationId, lift: true);
        await agent.DisconnectAsync();
        Assert.IsType<StepOutcome.Done>(await agent.RunDueAsync(Now, CancellationToken.None));
    }

    [Fact]
    public async Task Agent_WithTheTokenOfAnotherServer_ShowsItToNobody()
    {
        await using var other = await RunningServer.StartAsync();
        await other.PutRegionsAsync("53.71.04");
        var token = await new StationService.StationServiceClient(other.Admin).CreateJoinTokenAsync(
            new CreateJoinTokenRequest { RequestId = "1", RegionCode = "53.71.04", StationName = "Desk" });

        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => TestStation.OpenAsync(_server, _folder["station"], Kit(), token.Token));

        Assert.Contains("is not the server that made this join token", refused.Message);
    }

    [Fact]
    public async Task Agents_WhenTheServerStops_AreToldWhenToComeBack()
    {
        await using var agent = await TestStation.JoinAsync(_server, _folder["station"], Kit());
        Assert.IsType<StepOutcome.Done>(await agent.RunDueAsync(Now, CancellationToken.None));

        await _server.DisposeAsync();

        var away = Assert.IsType<StepOutcome.Away>(await agent.RunDueAsync(Now, CancellationToken.None));
        Assert.True(away.Reason.Contains("The server stops."), away.Reason + "|" + away.Code);
        Assert.True(away.RetryIn > TimeSpan.Zero);
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private Kit Kit() => new([], null, [new HostDevice(_folder.Path)]);

    private StationService.StationServiceClient Stations => new(_server.Admin);

    private async Task<bool> IsConnectedAsync(string stationId) =>
        (await Stations.GetStationAsync(new GetStationRequest { StationId = stationId })).Station.Connected;

    private async Task QuarantineAsync(string stationId, bool lift) => await Stations.QuarantineStationAsync(
        new QuarantineStationRequest { RequestId = Guid.NewGuid().ToString(), StationId = stationId, Lift = lift, Reason = "test" });

    private async Task<List<string>> FactKindsAsync()
    {
        using var watch = new JournalService.JournalServiceClient(_server.Admin).WatchFacts(new WatchFactsRequest());
        var kinds = new List<string>();
        while (!kinds.Contains("stations.clone-refused") && await watch.ResponseStream.MoveNext(new CancellationTokenSource(Eventually.Patience).Token))
        {
            kinds.Add(watch.ResponseStream.Current.Fact.Kind);
        }

        return kinds;
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock"))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
