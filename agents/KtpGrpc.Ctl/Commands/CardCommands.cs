using System.CommandLine;
using Grpc.Core;
using Ktp.Cards.V1;
using Ktp.Journal.V1;
using Client = Ktp.Cards.V1.CardService.CardServiceClient;

namespace KtpGrpc.Ctl.Commands;

/// <summary>The ledger of cards.</summary>
internal static class CardCommands
{
    private const string SerialsHelp = "Serials or ranges: 17 or 17-30.";
    private const string FileHelp = "File with one serial or range a line, comments after #; - for what is piped in.";
    private const int MostInCustodyCall = 10_000;

    public static Command Make(Terminal terminal, GlobalOptions global)
    {
        Verb New(string name, string description) => new(name, description, terminal, global);
        return new Command("cards", "Every blank and card, from hand-over to citizen or furnace.")
        {
            Receive(New("receive", "Take a handed-over range of blanks into the vault.")),
            Load(New("load", "Move blanks from the vault into a station's hopper.")),
            Unload(New("unload", "Move all blanks of a station's hopper back into the vault.")),
            Balance(New("balance", "Where an office's cards are.")),
            Show(New("show", "One card and where it is.")),
            Life(New("life", "All that ever happened to a card; --export FILE writes it with its proof.")),
            Send(New("send", "Send blanks of the vault to another office.")),
            ReceiveTransfer(New("receive-transfer", "Take what arrived of a transfer into the vault.")),
            Transfers(New("transfers", "Transfers of an office, sent and received.")),
            Count(New("count", "Compare what lies in the vault with the books.")),
            Withdraw(New("withdraw", "Take a card back from its citizen into custody.")),
            Keep(New("keep", "Take spoiled cards into custody.")),
            Custody(New("custody", "The cards in custody.")),
            Suket(terminal, global),
        };
    }

    private static Verb Receive(Verb verb)
    {
        var (office, first, count) = (verb.Wants<string>("OFFICE", "PP.KK"), verb.Wants<long>("FIRST", "The first serial."), verb.Wants<int>("COUNT", "As the document says."));
        var (document, counted) = (verb.Needs<string>("--document", "Number of the signed hand-over document."), verb.Needs<int>("--counted", "As you counted."));
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).ReceiveBlanksAsync(
            new ReceiveBlanksRequest
            {
                RequestId = call.RequestId(),
                OfficeCode = call.Get(office),
                FirstSerial = call.Get(first),
                Count = call.Get(count),
                Document = call.Need(document),
                Counted = call.Need(counted),
            },
            cancellationToken: call.Cancellation)));
    }

    private static Verb Load(Verb verb)
    {
        var (station, count) = (verb.Wants<string>("STATION", "PP.KK.DD-N"), verb.Wants<int>("COUNT", "1 to 1,000."));
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).LoadHopperAsync(
            new LoadHopperRequest { RequestId = call.RequestId(), StationId = call.Get(station), Count = call.Get(count) }, cancellationToken: call.Cancellation)));
    }

    private static Verb Unload(Verb verb)
    {
        var (station, counted) = (verb.Wants<string>("STATION", "PP.KK.DD-N"), verb.Needs<int>("--counted", "Blanks that you counted out of the hopper."));
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).UnloadHopperAsync(
            new UnloadHopperRequest { RequestId = call.RequestId(), StationId = call.Get(station), Counted = call.Need(counted) }, cancellationToken: call.Cancellation)));
    }

    private static Verb Balance(Verb verb)
    {
        var office = verb.Wants<string>("OFFICE", "PP.KK");
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).GetBalanceAsync(
            new GetBalanceRequest { OfficeCode = call.Get(office) }, cancellationToken: call.Cancellation)));
    }

    private static Verb Show(Verb verb)
    {
        var serial = verb.Wants<long>("SERIAL", "The card's serial.");
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).GetCardAsync(
            new GetCardRequest { Serial = call.Get(serial) }, cancellationToken: call.Cancellation)));
    }

    private static Verb Life(Verb verb)
    {
        var (serial, export) = (verb.Wants<long>("SERIAL", "The card's serial."), verb.Takes<string>("--export", "File for the facts with their proof."));
        return verb.Does(async call =>
        {
            var server = call.Server();
            var life = await new Client(server).GetCardLifeAsync(new GetCardLifeRequest { Serial = call.Get(serial) }, cancellationToken: call.Cancellation);
            var journal = new JournalService.JournalServiceClient(server);
            if (call.Get(export) is { } file)
            {
                using var facts = journal.ExportFacts(new ExportFactsRequest { Positions = { life.Positions } }, cancellationToken: call.Cancellation);
                await Download.ToFileAsync(facts.ResponseStream, piece => piece.Data, file, call.Cancellation);
                call.Terminal.Say($"{life.Positions.Count} facts in {file}; check it with: ktpctl journal verify {file}", call.Json);
                return;
            }

            var proven = await journal.ProveFactsAsync(new ProveFactsRequest { Positions = { life.Positions } }, cancellationToken: call.Cancellation);
            call.Terminal.Show([.. proven.Facts.Select(fact => fact.Fact)], call.Json);
        });
    }

    private static Verb Send(Verb verb)
    {
        var (from, to) = (verb.Wants<string>("FROM", "PP.KK"), verb.Wants<string>("TO", "PP.KK"));
        var (serials, file) = (verb.WantsSome("SERIALS", SerialsHelp), verb.Takes<string>("--file", FileHelp));
        var document = verb.Needs<string>("--document", "Number of the signed hand-over document.");
        return verb.Does(async call => await call.ShowAsync(new Client(call.Server()).SendTransferAsync(
            new SendTransferRequest
            {
                RequestId = call.RequestId(),
                FromOfficeCode = call.Get(from),
                ToOfficeCode = call.Get(to),
                Document = call.Need(document),
                Serials = { await Serials.ReadAsync(call.Get(serials), call.Get(file), call.Terminal.In, call.Cancellation) },
            },
            cancellationToken: call.Cancellation)));
    }

    private static Verb ReceiveTransfer(Verb verb)
    {
        var transfer = verb.Wants<string>("TRANSFER", "Its id, as `cards transfers` tells.");
        var (serials, file) = (verb.WantsSome("SERIALS", SerialsHelp), verb.Takes<string>("--file", FileHelp));
        var counted = verb.Needs<int>("--counted", "Blanks that arrived, as you counted; 0 when none did.");
        return verb.Does(async call => await call.ShowAsync(new Client(call.Server()).ReceiveTransferAsync(
            new ReceiveTransferRequest
            {
                RequestId = call.RequestId(),
                TransferId = call.Get(transfer),
                Counted = call.Need(counted),
                Arrived = { await SomeOrNoneAsync(call, serials, file, call.Need(counted)) },
            },
            cancellationToken: call.Cancellation)));
    }

    private static Verb Transfers(Verb verb)
    {
        var (office, transit) = (verb.Wants<string>("OFFICE", "PP.KK"), verb.Takes<bool>("--in-transit", "Only those that have not arrived."));
        return verb.Does(call => call.ShowAllAsync(
            token => new Client(call.Server()).ListTransfersAsync(
                new ListTransfersRequest { OfficeCode = call.Get(office), InTransitOnly = call.Get(transit), PageSize = 1000, PageToken = token }, cancellationToken: call.Cancellation),
            page => (page.Transfers, page.NextPageToken)));
    }

    private static Verb Count(Verb verb)
    {
        var office = verb.Wants<string>("OFFICE", "PP.KK");
        var (serials, file) = (verb.WantsSome("SERIALS", SerialsHelp), verb.Takes<string>("--file", FileHelp));
        var counted = verb.Needs<int>("--counted", "Blanks in the vault, as you counted; 0 when it is empty.");
        return verb.Does(async call => await call.ShowAsync(new Client(call.Server()).CountStockAsync(
            new CountStockRequest
            {
                RequestId = call.RequestId(),
                OfficeCode = call.Get(office),
                Counted = call.Need(counted),
                Present = { await SomeOrNoneAsync(call, serials, file, call.Need(counted)) },
            },
            cancellationToken: call.Cancellation)));
    }

    private static Verb Withdraw(Verb verb)
    {
        var (office, serial) = (verb.Wants<string>("OFFICE", "PP.KK"), verb.Wants<long>("SERIAL", "The card's serial."));
        var reason = verb.NeedsWord("--reason", "damaged, status, moved or corrected.", Words.InvalidReason);
        var note = verb.Takes<string>("--note", "Which element was wrong or changed, without its value.");
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).WithdrawCardAsync(
            new WithdrawCardRequest
            {
                RequestId = call.RequestId(),
                OfficeCode = call.Get(office),
                Serial = call.Get(serial),
                Reason = call.Get<InvalidReason>(reason, Words.InvalidReason),
                Note = call.Get(note) ?? "",
            },
            cancellationToken: call.Cancellation)));
    }

    private static Verb Keep(Verb verb)
    {
        var office = verb.Wants<string>("OFFICE", "PP.KK");
        var (serials, file) = (verb.WantsSome("SERIALS", SerialsHelp), verb.Takes<string>("--file", FileHelp));
        return verb.Does(async call =>
        {
            var client = new Client(call.Server());
            var batches = Serials.Each(await Serials.ReadAsync(call.Get(serials), call.Get(file), call.Terminal.In, call.Cancellation)).Chunk(MostInCustodyCall);
            var answer = new TakeIntoCustodyResponse();
            foreach (var (batch, i) in batches.Select((batch, i) => (batch, i)))
            {
                answer = await client.TakeIntoCustodyAsync(
                    new TakeIntoCustodyRequest { RequestId = call.RequestId(i), OfficeCode = call.Get(office), Serials = { batch } }, cancellationToken: call.Cancellation);
            }

            call.Terminal.Show(answer, call.Json);
        });
    }

    private static Verb Custody(Verb verb)
    {
        var office = verb.Wants<string>("OFFICE", "PP.KK");
        return verb.Does(call => call.ShowAllAsync(
            token => new Client(call.Server()).ListCustodyAsync(
                new ListCustodyRequest { OfficeCode = call.Get(office), PageSize = 1000, PageToken = token }, cancellationToken: call.Cancellation),
            page => (page.Cards, page.NextPageToken)));
    }

    private static Command Suket(Terminal terminal, GlobalOptions global)
    {
        var issue = new Verb("issue", "Give a citizen a letter that stands for a card. His NIK never stands on a command line, where others could read it.", terminal, global);
        var office = issue.Wants<string>("OFFICE", "PP.KK");
        var cause = issue.NeedsWord("--cause", "Why no card can be made now.", Words.SuketCause);
        var citizen = issue.Needs<string>("--citizen", "File with the NIK on its first line and the name on its second; - for what is piped in.");
        issue.Does(async call =>
        {
            var text = call.Need(citizen) == "-" ? await call.Terminal.In.ReadToEndAsync(call.Cancellation) : await File.ReadAllTextAsync(call.Need(citizen), call.Cancellation);
            if (text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is not [var nik, var name])
            {
                throw new UsageException("--citizen wants two lines: the NIK, then the name.");
            }

            await call.ShowAsync(new Client(call.Server()).IssueSuketAsync(
                new IssueSuketRequest { RequestId = call.RequestId(), Nik = nik, Name = name, OfficeCode = call.Get(office), Cause = call.Get<SuketCause>(cause, Words.SuketCause) },
                cancellationToken: call.Cancellation));
        });
        var show = new Verb("show", "One suket by its number.", terminal, global);
        var number = show.Wants<string>("NUMBER", "OFFICE/YEAR/RUNNING NUMBER");
        show.Does(call => call.ShowAsync(new Client(call.Server()).GetSuketAsync(new GetSuketRequest { Number = call.Get(number) }, cancellationToken: call.Cancellation)));
        return new Command("suket", "Letters that stand for cards.") { issue, show };
    }

    /// <summary>An empty vault or lorry is a finding too, when it was counted so.</summary>
    private static async Task<List<SerialRange>> SomeOrNoneAsync(Invocation call, Argument<string[]> serials, Option<string> file, int counted) =>
        counted == 0 && call.Get(serials).Length == 0 && call.Get(file) is null
            ? []
            : await Serials.ReadAsync(call.Get(serials), call.Get(file), call.Terminal.In, call.Cancellation);
}
