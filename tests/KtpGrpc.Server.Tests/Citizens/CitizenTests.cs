using System.Text;
using Grpc.Core;
using Ktp.Citizens.V1;
using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using CitizenService = Ktp.Citizens.V1.CitizenService;

namespace KtpGrpc.Server.Tests.Citizens;

public sealed class CitizenTests
{
    private const string Maria = "5371044101900001";
    private const string Name = "Maria Goreti Bere";

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Citizen_MetTwice_HasOneId(Engine engine)
    {
        await using var server = await RunningServer.StartAsync(engine);

        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => MeetAsync(server, Maria, Name)));
        var other = await MeetAsync(server, "5371040101900002", "Yosef");

        Assert.Single(ids.Distinct());
        Assert.DoesNotContain(other, ids);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Citizen_Erased_IsFoundByNobodyWhileTheJournalStillVerifies(Engine engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        var id = await MeetAsync(server, Maria, Name);
        var citizens = new CitizenService.CitizenServiceClient(server.Admin);
        var request = new EraseCitizenRequest { RequestId = "1", Nik = Maria, Reason = "asked for it" };

        var erased = await citizens.EraseCitizenAsync(request);
        var repeated = await citizens.EraseCitizenAsync(request);
        var again = await Assert.ThrowsAsync<RpcException>(() => citizens.EraseCitizenAsync(new EraseCitizenRequest { RequestId = "2", Nik = Maria, Reason = "again" }).ResponseAsync);

        Assert.Equal((id.Value, id.Value, StatusCode.NotFound), (erased.CitizenId, repeated.CitizenId, again.StatusCode));
        Assert.Equal(0, await CountAsync(server, "citizens"));
        Assert.Empty(await server.FaultsAsync());
        Assert.NotEqual(id, await MeetAsync(server, Maria, Name));
    }

    [Fact]
    public async Task Erasure_ThatDoesNotHold_ChangesNothingAndShowsNoNik()
    {
        await using var server = await RunningServer.StartAsync();
        await MeetAsync(server, Maria, Name);
        var facts = await CountAsync(server, "journal");
        var admin = new CitizenService.CitizenServiceClient(server.Admin);
        var ofTheCity = new CitizenService.CitizenServiceClient(server.Operator("kupang", "53.71", Role.Admin));
        (StatusCode Status, Func<AsyncUnaryCall<EraseCitizenResponse>> Call)[] bad =
        [
            (StatusCode.InvalidArgument, () => admin.EraseCitizenAsync(new EraseCitizenRequest { RequestId = "1", Nik = Maria[..15], Reason = "x" })),
            (StatusCode.InvalidArgument, () => admin.EraseCitizenAsync(new EraseCitizenRequest { RequestId = "2", Nik = Maria, Reason = " " })),
            (StatusCode.InvalidArgument, () => admin.EraseCitizenAsync(new EraseCitizenRequest { RequestId = "", Nik = Maria, Reason = "x" })),
            (StatusCode.NotFound, () => admin.EraseCitizenAsync(new EraseCitizenRequest { RequestId = "4", Nik = "5371044101900009", Reason = "x" })),
            (StatusCode.PermissionDenied, () => ofTheCity.EraseCitizenAsync(new EraseCitizenRequest { RequestId = "5", Nik = Maria, Reason = "x" })),
        ];

        foreach (var (status, call) in bad)
        {
            var refused = await Assert.ThrowsAsync<RpcException>(() => call().ResponseAsync);
            Assert.Equal(status, refused.StatusCode);
            Assert.DoesNotContain(Maria[..6], refused.Status.Detail);
        }

        Assert.Equal((1, facts), (await CountAsync(server, "citizens"), await CountAsync(server, "journal")));
        Assert.Empty(await server.FaultsAsync());
    }

    [Fact]
    public async Task Files_OfTheServer_HoldNeitherNikNorName()
    {
        await using var server = await RunningServer.StartAsync();
        await MeetAsync(server, Maria, Name);
        await new CitizenService.CitizenServiceClient(server.Admin).EraseCitizenAsync(new EraseCitizenRequest { RequestId = "1", Nik = Maria, Reason = "asked for it" });
        await MeetAsync(server, Maria, Name);

        var files = Directory.GetFiles(server.Options.Data, "*", SearchOption.AllDirectories);
        var found = new StringBuilder();
        foreach (var file in files)
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            found.Append(Encoding.Latin1.GetString(bytes));
        }

        Assert.Contains("citizens.erased", found.ToString());
        Assert.DoesNotContain(Maria, found.ToString());
        Assert.DoesNotContain("Maria", found.ToString());
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(Maria)), found.ToString());
    }

    private static Task<CitizenId> MeetAsync(RunningServer server, string nik, string name)
    {
        var citizen = server.Services.GetRequiredService<CitizenRegister>().Protect(Nik.Require(nik), name);
        return server.Services.GetRequiredService<Database>().WriteAsync(tx => CitizenRegister.FindOrAddAsync(tx, citizen), CancellationToken.None);
    }

    private static Task<long> CountAsync(RunningServer server, string table) =>
        server.Services.GetRequiredService<Database>().ReadAsync(tx => tx.NumberAsync($"SELECT COUNT(*) FROM {table}"), CancellationToken.None);
}
