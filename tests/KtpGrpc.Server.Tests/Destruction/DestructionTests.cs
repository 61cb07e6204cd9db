using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using Ktp.Cards.V1;
using Ktp.Destruction.V1;
using Ktp.Journal.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;
using KtpGrpc.Server.Tests.Journal;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using DestructionClient = Ktp.Destruction.V1.DestructionService.DestructionServiceClient;

namespace KtpGrpc.Server.Tests.Destruction;

public sealed class DestructionTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Cards_ListedSignedAndSealed_AreDestroyedForEver(Engine engine)
    {
        await using var furnace = await Furnace.LightAsync(engine);
        var (damaged, moved) = (await furnace.WithdrawAsync(5), await furnace.WithdrawAsync(3, InvalidReason.Moved));
        var id = await furnace.OpenAsync();

        await furnace.ListAsync(id, [.. damaged, .. moved]);
        await furnace.Custodian.UnlistCardsAsync(new UnlistCardsRequest { RequestId = Furnace.New(), DestructionId = id, Serials = { damaged[1] } });
        var closed = await furnace.CloseAsync(id, 7, (InvalidReason.Damaged, 4), (InvalidReason.Moved, 3));
        await furnace.SignByAllAsync(id, 7);
        var burnt = await furnace.SealAsync(id);

        Assert.Equal((DestructionState.Closed, 7), (closed.State, closed.Cards));
        Assert.Equal((DestructionState.Sealed, "53.71/2018/0001", 7), (burnt.State, burnt.Number, burnt.Cards));
        Assert.Equal(["custodian-1", "inspectorate", "satpol-pp"], burnt.Signatories.OrderBy(person => person.Role).ThenBy(person => person.Operator).Select(person => person.Operator));
        var balance = await furnace.BalanceAsync();
        Assert.Equal((8, 1, 0, 7), (balance.IssuedElsewhere, balance.Custody, balance.Listed, balance.Destroyed));
        var card = (await furnace.Cards.GetCardAsync(new GetCardRequest { Serial = moved[0] })).Card;
        Assert.Equal((CardState.Destroyed, id), (card.State, card.DestructionId));
        Assert.Equal(burnt, await furnace.GetAsync(id));
        await furnace.RefusesAsync(StatusCode.FailedPrecondition, "have it destroyed", () => furnace.Cards.WithdrawCardAsync(
            new WithdrawCardRequest { RequestId = Furnace.New(), OfficeCode = Furnace.Office, Serial = moved[0], Reason = InvalidReason.Moved }).ResponseAsync);
        await furnace.CheckBooksAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Record_OfASealedDestruction_IsVerifiedByOpensslAndTheSameAfterARestart(Engine engine)
    {
        await using var furnace = await Furnace.LightAsync(engine);
        var serials = await furnace.WithdrawAsync(4);
        var id = await furnace.OpenAsync();
        await furnace.ListAsync(id, serials);
        await furnace.CloseAsync(id, 4, (InvalidReason.Damaged, 4));
        await furnace.SignByAllAsync(id, 4);
        var burnt = await furnace.SealAsync(id);

        var file = await Furnace.ExportAsync(furnace.Server.Admin, id, RecordForm.File);

        var lines = Encoding.UTF8.GetString(file).Split('\n');
        var record = JsonDocument.Parse(lines[0]).RootElement;
        Assert.Equal(burnt.RecordSha256.ToByteArray(), SHA256.HashData(Encoding.UTF8.GetBytes(lines[0] + "\n")));
        Assert.Equal(("ktp-destruction-v1", "53.71/2018/0001", "Region 53.71", "FIRE"), (
            record.GetProperty("form").GetString(), record.GetProperty("number").GetString(), record.GetProperty("officeName").GetString(), record.GetProperty("method").GetString()));
        Assert.Equal($$"""{"reason":"DAMAGED","serials":[{{string.Join(',', serials)}}]}""", lines[1]);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines[1] + "\n"))), record.GetProperty("listSha256").GetString());
        Assert.Contains(lines[0], await FactsAsync(furnace, "destruction.sealed", "record"));
        await Openssl.VerifiesAsync(file);
        await using var restarted = await furnace.Server.RestartAsync();
        Assert.Equal(file, await Furnace.ExportAsync(restarted.Admin, id, RecordForm.File));
    }

    [Fact]
    public async Task Signature_OfEach_HoldsTheHashOfTheListThatHeSigned()
    {
        await using var furnace = await Furnace.LightAsync();
        var burnt = await furnace.BurnAsync(3);

        var file = Encoding.UTF8.GetString(await Furnace.ExportAsync(furnace.Server.Admin, burnt.DestructionId, RecordForm.File)).Split('\n');
        var signed = await FactsAsync(furnace, "destruction.signed", "listSha256");

        var list = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(file[1..^2].Select(line => line + "\n")))));
        Assert.Equal([list, list, list], signed);
    }

    [Fact]
    public async Task Life_OfADestroyedCard_EndsInTheFactThatNamesItsRecord()
    {
        await using var furnace = await Furnace.LightAsync();
        var serial = (await furnace.WithdrawAsync(1))[0];
        var id = await furnace.OpenAsync();
        await furnace.ListAsync(id, serial);
        await furnace.CloseAsync(id, 1, (InvalidReason.Damaged, 1));
        await furnace.SignByAllAsync(id, 1);
        var burnt = await furnace.SealAsync(id);

        var life = await Eventually.HoldsAsync(
            async () => (await furnace.Cards.GetCardLifeAsync(new GetCardLifeRequest { Serial = serial })).Positions, positions => positions.Count == 3);
        var facts = (await new JournalService.JournalServiceClient(furnace.Server.Admin).ProveFactsAsync(new ProveFactsRequest { Positions = { life } })).Facts;

        Assert.Equal(["cards.withdrawn", "destruction.cards-listed", "destruction.cards-destroyed"], facts.Select(fact => fact.Fact.Kind));
        Assert.Equal(
            Convert.ToHexStringLower(burnt.RecordSha256.Span), JsonDocument.Parse(facts[2].Fact.Payload).RootElement.GetProperty("recordSha256").GetString());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Cards_ThatAreNotInCustody_AreRefusedAllTogether(Engine engine)
    {
        await using var furnace = await Furnace.LightAsync(engine);
        await furnace.Cards.ReceiveBlanksAsync(new ReceiveBlanksRequest { RequestId = Furnace.New(), OfficeCode = Furnace.Office, FirstSerial = 1, Count = 10, Counted = 10, Document = "BA-1" });
        var (mine, foreign) = (await furnace.WithdrawAsync(3), await furnace.WithdrawAsync(1, office: "53.72"));
        var (id, other) = (await furnace.OpenAsync(), await furnace.OpenAsync());
        await furnace.ListAsync(other, mine[2]);

        await furnace.RefusesAsync(StatusCode.FailedPrecondition, $"Card {mine[2]} cannot be listed: the books have it on the list of a destruction", () => furnace.ListAsync(id, mine));
        await furnace.RefusesAsync(StatusCode.FailedPrecondition, $"Card {mine[2]} is on this list already", () => furnace.ListAsync(other, mine[1], mine[2]));
        await furnace.RefusesAsync(StatusCode.FailedPrecondition, "Card 5 cannot be listed: the books have it as a blank in the vault", () => furnace.ListAsync(id, mine[0], 5));
        await furnace.RefusesAsync(StatusCode.FailedPrecondition, $"Card {foreign[0]} is in the books of 53.72", () => furnace.ListAsync(id, mine[0], foreign[0]));
        await furnace.RefusesAsync(StatusCode.FailedPrecondition, "Card 499999 is not known", () => furnace.ListAsync(id, 499_999, mine[0]));
        await furnace.RefusesAsync(StatusCode.InvalidArgument, $"Card {mine[0]} is named twice", () => furnace.ListAsync(id, mine[0], mine[0]));
        await furnace.RefusesAsync(StatusCode.InvalidArgument, "the number of serials must be 1 to 10000", () => furnace.ListAsync(id));
        await furnace.RefusesAsync(StatusCode.InvalidArgument, "the number of serials", () => furnace.ListAsync(id, Enumerable.Range(1, 10_001).Select(i => (long)i)));
        await furnace.RefusesAsync(StatusCode.FailedPrecondition, $"Card {mine[0]} is not on this list", () => furnace.Custodian.UnlistCardsAsync(
            new UnlistCardsRequest { RequestId = Furnace.New(), DestructionId = other, Serials = { mine[0], mine[2] } }).ResponseAsync);
        await furnace.CheckBooksAsync();
    }

    [Fact]
    public async Task Totals_ThatDoNotAddUp_AreRefusedWithTheirDifference()
    {
        await using var furnace = await Furnace.LightAsync();
        var id = await furnace.OpenAsync();
        await furnace.RefusesAsync(StatusCode.FailedPrecondition, "The list is empty", () => furnace.CloseAsync(id, 0));
        await furnace.ListAsync(id, await furnace.WithdrawAsync(5));
        await furnace.ListAsync(id, await furnace.WithdrawAsync(2, InvalidReason.Status));

        await furnace.RefusesAsync(StatusCode.InvalidArgument, "total is 8, and the totals by reason sum to 7: a difference of 1", () =>
            furnace.CloseAsync(id, 8, (InvalidReason.Damaged, 5), (InvalidReason.Status, 2)));
        await furnace.RefusesAsync(StatusCode.InvalidArgument, "6 cards with the reason DAMAGED were counted, and 5 are listed: a difference of 1", () =>
            furnace.CloseAsync(id, 8, (InvalidReason.Damaged, 6), (InvalidReason.Status, 2)));
        await furnace.RefusesAsync(StatusCode.InvalidArgument, "4 cards with the reason DAMAGED were counted", () =>
            furnace.CloseAsync(id, 7, (InvalidReason.Damaged, 4), (InvalidReason.Status, 3)));
        await furnace.RefusesAsync(StatusCode.InvalidArgument, "0 cards with the reason STATUS were counted, and 2 are listed", () => furnace.CloseAsync(id, 5, (InvalidReason.Damaged, 5)));
        await furnace.RefusesAsync(StatusCode.InvalidArgument, "names DAMAGED twice", () => furnace.CloseAsync(id, 7, (InvalidReason.Damaged, 5), (InvalidReason.Damaged, 2)));
        await furnace.RefusesAsync(StatusCode.InvalidArgument, "totals.cards must be 0 to", () => furnace.CloseAsync(id, 7, (InvalidReason.Damaged, -5), (InvalidReason.Status, 12)));
        await furnace.RefusesAsync(StatusCode.InvalidArgument, "totals.reason must be", () => furnace.CloseAsync(id, 7, ((InvalidReason)77, 7)));
    }

    [Fact]
    public async Task Signatures_ThatDoNotHold_AreRefused()
    {
        await using var furnace = await Furnace.LightAsync();
        var both = furnace.Operator("both", Role.Custodian, Role.Witness);
        var id = await furnace.OpenAsync();
        await furnace.ListAsync(id, await furnace.WithdrawAsync(2));
        await furnace.RefusesAsync(StatusCode.FailedPrecondition, "The list is open", () => Furnace.SignAsync(furnace.First, id, SignatoryRole.Witness, 2));
        await furnace.CloseAsync(id, 2, (InvalidReason.Damaged, 2));

        await furnace.RefusesAsync(StatusCode.InvalidArgument, "total is 3, and the list has 2 cards: a difference of 1", () => Furnace.SignAsync(furnace.First, id, SignatoryRole.Witness, 3));
        await furnace.RefusesAsync(StatusCode.FailedPrecondition, "operator:satpol-pp is no custodian", () => Furnace.SignAsync(furnace.First, id, SignatoryRole.Custodian, 2));
        await furnace.RefusesAsync(StatusCode.FailedPrecondition, "operator:custodian-1 is no witness", () => Furnace.SignAsync(furnace.Custodian, id, SignatoryRole.Witness, 2));
        await furnace.RefusesAsync(StatusCode.FailedPrecondition, "operator:admin is no witness", () => Furnace.SignAsync(new DestructionClient(furnace.Server.Admin), id, SignatoryRole.Witness, 2));
        await furnace.RefusesAsync(StatusCode.InvalidArgument, "role must be", () => Furnace.SignAsync(furnace.First, id, SignatoryRole.Unspecified, 2));
        await furnace.RefusesAsync(StatusCode.InvalidArgument, "on_behalf_of must have", () => Furnace.SignAsync(furnace.First, id, SignatoryRole.Witness, 2, " "));
        await furnace.RefusesAsync(StatusCode.InvalidArgument, "must not hold a NIK", () => Furnace.SignAsync(furnace.First, id, SignatoryRole.Witness, 2, "5371040101900001"));
        await Furnace.SignAsync(both, id, SignatoryRole.Custodian, 2);
        await furnace.RefusesAsync(StatusCode.FailedPrecondition, "operator:both has signed as custodian", () => Furnace.SignAsync(both, id, SignatoryRole.Witness, 2));
        await Furnace.SignAsync(furnace.First, id, SignatoryRole.Witness, 2);
        await furnace.RefusesAsync(StatusCode.FailedPrecondition, "has signed as witness", () => Furnace.SignAsync(furnace.First, id, SignatoryRole.Witness, 2));
        await furnace.RefusesAsync(StatusCode.FailedPrecondition, "signed by 1 custodians and 1 witnesses; it needs", () => furnace.SealAsync(id));
        await furnace.CheckBooksAsync();
    }

    [Fact]
    public async Task Custodian_WhoClosedTheList_CannotBeItsWitness()
    {
        await using var furnace = await Furnace.LightAsync();
        var both = furnace.Operator("both", Role.Custodian, Role.Witness);
        var id = await furnace.OpenAsync();
        await furnace.ListAsync(id, await furnace.WithdrawAsync(1));
        await both.CloseListAsync(new CloseListRequest { RequestId = Furnace.New(), DestructionId = id, Total = 1, Totals = { new ReasonTotal { Reason = InvalidReason.Damaged, Cards = 1 } } });

        await furnace.RefusesAsync(StatusCode.FailedPrecondition, "operator:both opened or closed", () => Furnace.SignAsync(both, id, SignatoryRole.Witness, 1));
    }

    [Fact]
    public async Task List_Reopened_LosesItsSignaturesAndCanChange()
    {
        await using var furnace = await Furnace.LightAsync();
        var serials = await furnace.WithdrawAsync(3);
        var id = await furnace.OpenAsync();
        await furnace.ListAsync(id, serials[..2]);
        await furnace.CloseAsync(id, 2, (InvalidReason.Damaged, 2));
        await furnace.SignByAllAsync(id, 2);
        await furnace.RefusesAsync(StatusCode.FailedPrecondition, "The list is closed", () => furnace.ListAsync(id, serials[2]));

        var reopened = (await furnace.Custodian.ReopenListAsync(new ReopenListRequest { RequestId = Furnace.New(), DestructionId = id, Reason = "One more was found" })).Destruction;
        await furnace.ListAsync(id, serials[2]);
        await furnace.CloseAsync(id, 3, (InvalidReason.Damaged, 3));
        await furnace.RefusesAsync(StatusCode.FailedPrecondition, "signed by 0 custodians and 0 witnesses", () => furnace.SealAsync(id));
        await furnace.SignByAllAsync(id, 3);
        var burnt = await furnace.SealAsync(id);

        Assert.Equal((DestructionState.Open, 0), (reopened.State, reopened.Signatories.Count));
        Assert.Equal((3, 3), (burnt.Cards, burnt.Signatories.Count));
        await furnace.RefusesAsync(StatusCode.FailedPrecondition, "for ever", () =>
            furnace.Custodian.ReopenListAsync(new ReopenListRequest { RequestId = Furnace.New(), DestructionId = id, Reason = "Why not" }).ResponseAsync);
        await furnace.RefusesAsync(StatusCode.FailedPrecondition, "It was sealed", () => furnace.SealAsync(id));
        await furnace.RefusesAsync(StatusCode.FailedPrecondition, "It was sealed", () => Furnace.SignAsync(furnace.Operator("late", Role.Witness), id, SignatoryRole.Witness, 3));
        await furnace.CheckBooksAsync();
    }

    [Fact]
    public async Task Seal_AskedForTwiceByOneRequest_IsOneRecord()
    {
        await using var furnace = await Furnace.LightAsync();
        var id = await furnace.OpenAsync();
        await furnace.ListAsync(id, await furnace.WithdrawAsync(1));
        await furnace.CloseAsync(id, 1, (InvalidReason.Damaged, 1));
        await furnace.SignByAllAsync(id, 1);
        var request = new SealDestructionRequest { RequestId = "1", DestructionId = id };

        var first = await furnace.Custodian.SealDestructionAsync(request);
        var again = await furnace.Custodian.SealDestructionAsync(request);

        Assert.Equal(first, again);
        Assert.Single(await FactsAsync(furnace, "destruction.sealed", "number"));
    }

    [Fact]
    public async Task Numbers_OfAnOffice_RunThroughItsOwnYear()
    {
        // Half past eleven on New Year's Eve in Kupang.
        await using var furnace = await Furnace.LightAsync(at: new DateTimeOffset(2018, 12, 31, 15, 30, 0, TimeSpan.Zero));

        var (first, second) = (await furnace.BurnAsync(1), await furnace.BurnAsync(1));
        await furnace.AdvanceAsync(new DateTimeOffset(2018, 12, 31, 16, 30, 0, TimeSpan.Zero));
        var third = await furnace.BurnAsync(1);
        var listed = await furnace.Custodian.ListDestructionsAsync(new ListDestructionsRequest { OfficeCode = Furnace.Office, PageSize = 2 });
        var rest = await furnace.Custodian.ListDestructionsAsync(new ListDestructionsRequest { OfficeCode = Furnace.Office, PageSize = 2, PageToken = listed.NextPageToken });

        Assert.Equal(["53.71/2018/0001", "53.71/2018/0002", "53.71/2019/0001"], [first.Number, second.Number, third.Number]);
        Assert.Equal(["53.71/2018/0001", "53.71/2018/0002", "53.71/2019/0001"], listed.Destructions.Concat(rest.Destructions).Select(act => act.Number).Order());
    }

    [Fact]
    public async Task Month_OfAnOffice_HoldsItsRecordsAndIsVerifiedByOpenssl()
    {
        await using var furnace = await Furnace.LightAsync();
        var (first, second) = (await furnace.BurnAsync(2), await furnace.BurnAsync(3, InvalidReason.Status));
        await furnace.RefusesAsync(StatusCode.FailedPrecondition, "The month 2018-12 of 53.71 is over at", () => furnace.ExportMonthAsync(2018, 12));
        await furnace.AdvanceAsync(new DateTimeOffset(2018, 12, 31, 16, 0, 0, TimeSpan.Zero));
        await furnace.BurnAsync(4);

        var file = await furnace.ExportMonthAsync(2018, 12);

        var lines = Encoding.UTF8.GetString(file).Split('\n');
        var header = JsonDocument.Parse(lines[0]).RootElement;
        Assert.Equal(("ktp-destruction-month-v1", "2018-12", 2, 5), (
            header.GetProperty("form").GetString(), header.GetProperty("month").GetString(), header.GetProperty("records").GetInt32(), header.GetProperty("cards").GetInt32()));
        Assert.Equal(9, header.GetProperty("balanceAtExport").GetProperty("destroyed").GetInt32());
        Assert.Equal(
            [(first.Number, Convert.ToHexStringLower(first.RecordSha256.Span)), (second.Number, Convert.ToHexStringLower(second.RecordSha256.Span))],
            lines[1..3].Select(line => JsonDocument.Parse(line).RootElement).Select(line => (line.GetProperty("number").GetString(), line.GetProperty("recordSha256").GetString())));
        await Openssl.VerifiesAsync(file);
    }

    [Fact]
    public async Task Callers_WithoutTheRightOrTheRegion_AreRefused()
    {
        await using var furnace = await Furnace.LightAsync();
        var burnt = await furnace.BurnAsync(1);
        var id = await furnace.OpenAsync();
        var serial = (await furnace.WithdrawAsync(1))[0];
        var elsewhere = furnace.Server.Operator("elsewhere", "53.72", Role.Custodian, Role.Witness, Role.Officer);
        var viewer = furnace.Operator("viewer", Role.Viewer, Role.StockOfficer);

        foreach (var by in (DestructionClient[])[new(elsewhere), viewer])
        {
            foreach (var call in (Func<Task>[])
            [
                () => by.OpenDestructionAsync(new OpenDestructionRequest { RequestId = Furnace.New(), OfficeCode = Furnace.Office, Method = DestructionMethod.Fire, Place = "x" }).ResponseAsync,
                () => by.ListCardsAsync(new ListCardsRequest { RequestId = Furnace.New(), DestructionId = id, Serials = { serial } }).ResponseAsync,
                () => by.UnlistCardsAsync(new UnlistCardsRequest { RequestId = Furnace.New(), DestructionId = id, Serials = { serial } }).ResponseAsync,
                () => by.CloseListAsync(new CloseListRequest { RequestId = Furnace.New(), DestructionId = id }).ResponseAsync,
                () => by.ReopenListAsync(new ReopenListRequest { RequestId = Furnace.New(), DestructionId = id, Reason = "x" }).ResponseAsync,
                () => Furnace.SignAsync(by, id, SignatoryRole.Witness, 1),
                () => furnace.SealAsync(id, by),
                () => by.ExportMonth(new ExportMonthRequest { OfficeCode = Furnace.Office, Year = 2018, Month = 11 }).ResponseStream.MoveNext(),
            ])
            {
                await furnace.RefusesAsync(StatusCode.PermissionDenied, "", call);
            }
        }

        await furnace.RefusesAsync(StatusCode.PermissionDenied, "", () => new DestructionClient(elsewhere).GetDestructionAsync(new GetDestructionRequest { DestructionId = id }).ResponseAsync);
        await furnace.RefusesAsync(StatusCode.PermissionDenied, "", () => Furnace.ExportAsync(elsewhere, burnt.DestructionId, RecordForm.File));
        await furnace.RefusesAsync(StatusCode.NotFound, "is not known", () => furnace.GetAsync("none"));
        await furnace.RefusesAsync(StatusCode.NotFound, "is not known", () => furnace.ListAsync("none", serial));
        await furnace.RefusesAsync(StatusCode.FailedPrecondition, "It is not sealed", () => Furnace.ExportAsync(furnace.Server.Admin, id, RecordForm.Page));
        await furnace.RefusesAsync(StatusCode.InvalidArgument, "form must be", () => Furnace.ExportAsync(furnace.Server.Admin, burnt.DestructionId, RecordForm.Unspecified));
        await furnace.RefusesAsync(StatusCode.NotFound, "Office '53.99' is not known", () => new DestructionClient(furnace.Server.Admin).OpenDestructionAsync(
            new OpenDestructionRequest { RequestId = Furnace.New(), OfficeCode = "53.99", Method = DestructionMethod.Fire, Place = "x" }).ResponseAsync);
        await furnace.RefusesAsync(StatusCode.InvalidArgument, "method must be", () => furnace.Custodian.OpenDestructionAsync(
            new OpenDestructionRequest { RequestId = Furnace.New(), OfficeCode = Furnace.Office, Place = "x" }).ResponseAsync);
    }

    /// <summary>One member of the facts of a kind, of those that wait for the sealer too.</summary>
    private static Task<List<string>> FactsAsync(Furnace furnace, string kind, string member) => furnace.Server.Services.GetRequiredService<Database>().ReadAsync(
        tx => tx.ListAsync("SELECT payload FROM journal WHERE kind = $1 ORDER BY id", row => JsonDocument.Parse(row.GetString(0)).RootElement.GetProperty(member).GetString()!, kind),
        CancellationToken.None);
}
