using System.CommandLine;
using System.Globalization;
using Grpc.Core;
using Ktp.Cards.V1;
using Ktp.Destruction.V1;
using KtpGrpc.Ctl.Proof;
using Client = Ktp.Destruction.V1.DestructionService.DestructionServiceClient;

namespace KtpGrpc.Ctl.Commands;

/// <summary>The witnessed end of cards.</summary>
internal static class DestructionCommands
{
    private const int MostInCall = 10_000;

    public static Command Make(Terminal terminal, GlobalOptions global)
    {
        Verb New(string name, string description) => new(name, description, terminal, global);
        return new Command("destruction", "The witnessed end of cards that are good for nothing any more, and its record.")
        {
            Open(New("open", "Open a destruction.")),
            ListCards(New("list-cards", "Put cards of the custody on its list."), unlist: false),
            ListCards(New("unlist-cards", "Take cards off its list, back into custody."), unlist: true),
            Close(New("close", "Close the list with the totals as people counted them.")),
            Reopen(New("reopen", "Give the closed list up; signatures are void.")),
            Sign(New("sign", "Sign the closed list with your own credential.")),
            Seal(New("seal", "Make the cards destroyed for ever, and the record with its signature.")),
            Show(New("show", "One destruction.")),
            List(New("list", "The inventory of an office's destructions.")),
            Export(New("export", "Save the record: the signed file, the page to print, or both.")),
            Month(New("month", "Save the signed report of a month to the centre.")),
            Verify(New("verify", "Check a record or a month's report, without a server.")),
        };
    }

    private static Verb Open(Verb verb)
    {
        var office = verb.Wants<string>("OFFICE", "PP.KK");
        var (method, place) = (verb.NeedsWord("--method", "How.", Words.DestructionMethod), verb.Needs<string>("--place", "Where; 1 to 200 characters."));
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).OpenDestructionAsync(
            new OpenDestructionRequest
            {
                RequestId = call.RequestId(),
                OfficeCode = call.Get(office),
                Method = call.Get<DestructionMethod>(method, Words.DestructionMethod),
                Place = call.Need(place),
            },
            cancellationToken: call.Cancellation)));
    }

    private static Verb ListCards(Verb verb, bool unlist)
    {
        var (id, serials) = (Id(verb), verb.WantsSome("SERIALS", "Serials or ranges: 17 or 17-30."));
        var file = verb.Takes<string>("--file", "File with one serial or range a line, comments after #; - for what is piped in.");
        return verb.Does(async call =>
        {
            var client = new Client(call.Server());
            var ranges = await Serials.ReadAsync(call.Get(serials), call.Get(file), call.Terminal.In, call.Cancellation);
            var (shown, done, last) = (new Ktp.Destruction.V1.Destruction(), 0, 0L);
            foreach (var (batch, i) in Serials.Each(ranges).Chunk(MostInCall).Select((batch, i) => (batch, i)))
            {
                try
                {
                    shown = unlist
                        ? (await client.UnlistCardsAsync(new UnlistCardsRequest { RequestId = call.RequestId(i), DestructionId = call.Get(id), Serials = { batch } }, cancellationToken: call.Cancellation)).Destruction
                        : (await client.ListCardsAsync(new ListCardsRequest { RequestId = call.RequestId(i), DestructionId = call.Get(id), Serials = { batch } }, cancellationToken: call.Cancellation)).Destruction;
                }
                catch (RpcException refused) when (done > 0)
                {
                    throw new RpcException(new Status(refused.StatusCode, $"{refused.Status.Detail} The first {done} cards, up to {last}, are done; none from {batch[0]} on."));
                }

                (done, last) = (done + batch.Length, batch[^1]);
            }

            call.Terminal.Show(shown, call.Json);
        });
    }

    private static Verb Close(Verb verb)
    {
        var (id, total) = (Id(verb), verb.Needs<long>("--total", "All cards, as counted."));
        var counts = verb.Needs<string[]>("--count", "Cards of one reason, as counted, once for each: damaged=12.");
        counts.AllowMultipleArgumentsPerToken = true;
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).CloseListAsync(
            new CloseListRequest { RequestId = call.RequestId(), DestructionId = call.Get(id), Total = call.Need(total), Totals = { call.Need(counts).Select(Total) } },
            cancellationToken: call.Cancellation)));
    }

    private static Verb Reopen(Verb verb)
    {
        var (id, reason) = (Id(verb), verb.Needs<string>("--reason", "Why; 1 to 200 characters."));
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).ReopenListAsync(
            new ReopenListRequest { RequestId = call.RequestId(), DestructionId = call.Get(id), Reason = call.Need(reason) }, cancellationToken: call.Cancellation)));
    }

    private static Verb Sign(Verb verb)
    {
        var (id, role) = (Id(verb), verb.NeedsWord("--as", "As what.", Words.SignatoryRole));
        var (office, total) = (verb.Needs<string>("--on-behalf-of", "Whom you stand for: Satpol PP, Inspektorat, Polres."), verb.Needs<long>("--total", "The cards that you counted yourself."));
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).SignDestructionAsync(
            new SignDestructionRequest
            {
                RequestId = call.RequestId(),
                DestructionId = call.Get(id),
                Role = call.Get<SignatoryRole>(role, Words.SignatoryRole),
                OnBehalfOf = call.Need(office),
                Total = call.Need(total),
            },
            cancellationToken: call.Cancellation)));
    }

    private static Verb Seal(Verb verb)
    {
        var id = Id(verb);
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).SealDestructionAsync(
            new SealDestructionRequest { RequestId = call.RequestId(), DestructionId = call.Get(id) }, cancellationToken: call.Cancellation)));
    }

    private static Verb Show(Verb verb)
    {
        var id = Id(verb);
        return verb.Does(call => call.ShowAsync(new Client(call.Server()).GetDestructionAsync(
            new GetDestructionRequest { DestructionId = call.Get(id) }, cancellationToken: call.Cancellation)));
    }

    private static Verb List(Verb verb)
    {
        var office = verb.Wants<string>("OFFICE", "PP.KK");
        return verb.Does(call => call.ShowAllAsync(
            token => new Client(call.Server()).ListDestructionsAsync(
                new ListDestructionsRequest { OfficeCode = call.Get(office), PageSize = 1000, PageToken = token }, cancellationToken: call.Cancellation),
            page => (page.Destructions, page.NextPageToken)));
    }

    private static Verb Export(Verb verb)
    {
        var id = Id(verb);
        var (file, page) = (verb.Takes<string>("--file", "Where to save the signed file."), verb.Takes<string>("--page", "Where to save the page (HTML), to print from any browser."));
        return verb.Does(async call =>
        {
            if (call.Get(file) is null && call.Get(page) is null)
            {
                throw new UsageException("Where to? Give --file, --page or both.");
            }

            var client = new Client(call.Server());
            foreach (var (path, form) in ((string?, RecordForm)[])[(call.Get(file), RecordForm.File), (call.Get(page), RecordForm.Page)])
            {
                if (path is not null)
                {
                    using var record = client.ExportRecord(new ExportRecordRequest { DestructionId = call.Get(id), Form = form }, cancellationToken: call.Cancellation);
                    await Download.ToFileAsync(record.ResponseStream, piece => piece.Data, path, call.Cancellation);
                    call.Terminal.Say(form == RecordForm.File ? $"record in {path}; check it with: ktpctl destruction verify {path}" : $"page in {path}", call.Json);
                }
            }
        });
    }

    private static Verb Month(Verb verb)
    {
        var (office, month) = (verb.Wants<string>("OFFICE", "PP.KK"), verb.Wants<string>("MONTH", "YYYY-MM"));
        var file = verb.Needs<string>("--file", "Where to save the report.");
        return verb.Does(async call =>
        {
            if (!DateOnly.TryParseExact(call.Get(month) + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first))
            {
                throw new UsageException($"'{call.Get(month)}' is no month: expected YYYY-MM.");
            }

            using var report = new Client(call.Server()).ExportMonth(
                new ExportMonthRequest { OfficeCode = call.Get(office), Year = first.Year, Month = first.Month }, cancellationToken: call.Cancellation);
            await Download.ToFileAsync(report.ResponseStream, piece => piece.Data, call.Need(file), call.Cancellation);
            call.Terminal.Say($"report in {call.Need(file)}; check it with: ktpctl destruction verify {call.Need(file)}", call.Json);
        });
    }

    private static Verb Verify(Verb verb)
    {
        var (file, key) = (verb.Wants<string>("FILE", "A record of destruction or a month's report."), verb.Takes<string>("--key", "File with the public key that signs (PEM), got another way than this file."));
        return verb.Does(call => Task.FromResult(Verification.Run(call, call.Get(file), call.Get(key), signed => signed.Form switch
        {
            DestructionRecord.Form => DestructionRecord.Check(signed),
            DestructionMonth.Form => DestructionMonth.Check(signed),
            JournalExport.Form => throw new UsageException("This is an export of the journal: ktpctl journal verify checks it."),
            _ => throw new FindingException("The first line is neither a record of destruction nor a month's report."),
        })));
    }

    private static ReasonTotal Total(string text)
    {
        var parts = text.Split('=');
        var reason = Words.InvalidReason.Values.FirstOrDefault(value => value.Number != 0 && Plain.Word(value) == parts[0]);
        return reason is not null && parts.Length == 2 && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var cards)
            ? new ReasonTotal { Reason = (InvalidReason)reason.Number, Cards = cards }
            : throw new UsageException($"--count wants REASON=NUMBER, as damaged=12; it is '{text}'. Reasons: {string.Join(", ", Words.InvalidReason.Values.Skip(1).Select(Plain.Word))}.");
    }

    private static Argument<string> Id(Verb verb) => verb.Wants<string>("DESTRUCTION", "Its id, as `destruction list` tells.");
}
