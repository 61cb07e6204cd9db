using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Cards.V1;
using Ktp.Destruction.V1;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;
using KtpGrpc.Server.Tests.Cards;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using CardClient = Ktp.Cards.V1.CardService.CardServiceClient;
using DestructionClient = Ktp.Destruction.V1.DestructionService.DestructionServiceClient;

namespace KtpGrpc.Server.Tests.Destruction;

/// <summary>The office of 53.71 with cards to burn, a custodian, two witnesses, and a clock that the test moves.</summary>
internal sealed class Furnace : IAsyncDisposable
{
    public const string Office = "53.71";

    /// <summary>A Friday, eleven in the morning in Kupang.</summary>
    public static readonly DateTimeOffset Opening = new(2018, 12, 21, 3, 0, 0, TimeSpan.Zero);

    private long _serial = 500_000;

    private Furnace(RunningServer server)
    {
        Server = server;
        Custodian = Operator("custodian-1", Role.Custodian);
        First = Operator("satpol-pp", Role.Witness);
        Second = Operator("inspectorate", Role.Witness);
    }

    public RunningServer Server { get; }

    public DestructionClient Custodian { get; }

    public DestructionClient First { get; }

    public DestructionClient Second { get; }

    public CardClient Cards => new(Server.Admin);

    public static async Task<Furnace> LightAsync(Engine engine = Engine.Sqlite, DateTimeOffset? at = null)
    {
        var server = await RunningServer.StartAsync(engine, at ?? Opening);
        await server.PutRegionsAsync("53.71.04", "53.72.01");
        return new Furnace(server);
    }

    public static string New() => Guid.NewGuid().ToString();

    public DestructionClient Operator(string name, params Role[] roles) => new(Server.Operator(name, Office, roles));

    public async Task<string> OpenAsync(string place = "Halaman Kantor Dinas Dukcapil Kota Kupang") => (await Custodian.OpenDestructionAsync(
        new OpenDestructionRequest { RequestId = New(), OfficeCode = Office, Method = DestructionMethod.Fire, Place = place })).Destruction.DestructionId;

    /// <summary>Cards that were printed elsewhere, taken from their citizens into custody.</summary>
    public async Task<List<long>> WithdrawAsync(int cards, InvalidReason reason = InvalidReason.Damaged, string office = Office)
    {
        var serials = new List<long>();
        for (var i = 0; i < cards; i++)
        {
            serials.Add(++_serial);
            await Cards.WithdrawCardAsync(new WithdrawCardRequest { RequestId = New(), OfficeCode = office, Serial = _serial, Reason = reason });
        }

        return serials;
    }

    public async Task<Ktp.Destruction.V1.Destruction> ListAsync(string id, params IEnumerable<long> serials) =>
        (await Custodian.ListCardsAsync(new ListCardsRequest { RequestId = New(), DestructionId = id, Serials = { serials } })).Destruction;

    public async Task<Ktp.Destruction.V1.Destruction> CloseAsync(string id, long total, params (InvalidReason Reason, long Cards)[] totals) =>
        (await Custodian.CloseListAsync(new CloseListRequest { RequestId = New(), DestructionId = id, Total = total, Totals = { totals.Select(t => new ReasonTotal { Reason = t.Reason, Cards = t.Cards }) } })).Destruction;

    public static async Task<Ktp.Destruction.V1.Destruction> SignAsync(DestructionClient by, string id, SignatoryRole role, long total, string onBehalfOf = "Inspektorat Kota Kupang") =>
        (await by.SignDestructionAsync(new SignDestructionRequest { RequestId = New(), DestructionId = id, Role = role, OnBehalfOf = onBehalfOf, Total = total })).Destruction;

    public async Task SignByAllAsync(string id, long total)
    {
        await SignAsync(Custodian, id, SignatoryRole.Custodian, total, "Dinas Dukcapil Kota Kupang");
        await SignAsync(First, id, SignatoryRole.Witness, total, "Satpol PP Kota Kupang");
        await SignAsync(Second, id, SignatoryRole.Witness, total);
    }

    public async Task<Ktp.Destruction.V1.Destruction> SealAsync(string id, DestructionClient? by = null) =>
        (await (by ?? Custodian).SealDestructionAsync(new SealDestructionRequest { RequestId = New(), DestructionId = id })).Destruction;

    /// <summary>From custody to ashes.</summary>
    public async Task<Ktp.Destruction.V1.Destruction> BurnAsync(int cards, InvalidReason reason = InvalidReason.Damaged)
    {
        var id = await OpenAsync();
        await ListAsync(id, await WithdrawAsync(cards, reason));
        await CloseAsync(id, cards, (reason, cards));
        await SignByAllAsync(id, cards);
        return await SealAsync(id);
    }

    public async Task<Ktp.Destruction.V1.Destruction> GetAsync(string id) =>
        (await Custodian.GetDestructionAsync(new GetDestructionRequest { DestructionId = id })).Destruction;

    public async Task<Ktp.Cards.V1.Balance> BalanceAsync() => (await Cards.GetBalanceAsync(new GetBalanceRequest { OfficeCode = Office })).Balance;

    public static async Task<byte[]> ExportAsync(CallInvoker caller, string id, RecordForm form)
    {
        using var export = new DestructionClient(caller).ExportRecord(new ExportRecordRequest { DestructionId = id, Form = form });
        return await AllAsync(export.ResponseStream, piece => piece.Data);
    }

    public async Task<byte[]> ExportMonthAsync(int year, int month)
    {
        using var export = Custodian.ExportMonth(new ExportMonthRequest { OfficeCode = Office, Year = year, Month = month });
        return await AllAsync(export.ResponseStream, piece => piece.Data);
    }

    public Task AdvanceAsync(DateTimeOffset to) => Server.AdvanceAsync(to);

    /// <summary>The call is refused with this status and these words, and nothing has changed.</summary>
    public async Task RefusesAsync(StatusCode status, string words, Func<Task> call)
    {
        var before = await PictureAsync();
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        Assert.True(status == refused.StatusCode && refused.Status.Detail.Contains(words, StringComparison.Ordinal), $"Expected {status} with '{words}', was {refused.Status}.");
        Assert.Equal(before, await PictureAsync());
    }

    /// <summary>Disposes the server too; the journal must tell the tables.</summary>
    public async Task CheckBooksAsync()
    {
        Assert.Empty(await Server.FaultsAsync());
        Books.Hold(await BalanceAsync());
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private static async Task<byte[]> AllAsync<T>(IAsyncStreamReader<T> pieces, Func<T, ByteString> data)
    {
        using var file = new MemoryStream();
        await foreach (var piece in pieces.ReadAllAsync())
        {
            Assert.InRange(data(piece).Length, 1, 64 * 1024);
            file.Write(data(piece).Span);
        }

        return file.ToArray();
    }

    private async Task<string> PictureAsync()
    {
        var tables = Server.Services.GetRequiredService<FactCatalog>().Tables.Append("requests");
        return string.Join('\n', await Server.Services.GetRequiredService<Database>().ReadAsync(tx => Rows.OfAsync(tx, tables), CancellationToken.None));
    }
}
