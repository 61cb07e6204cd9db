using System.CommandLine;
using System.Security.Cryptography;
using Ktp.Journal.V1;
using KtpGrpc.Ctl.Proof;
using Client = Ktp.Journal.V1.JournalService.JournalServiceClient;

namespace KtpGrpc.Ctl.Commands;

/// <summary>The journal and its proofs.</summary>
internal static class JournalCommands
{
    public static Command Make(Terminal terminal, GlobalOptions global)
    {
        Verb New(string name, string description) => new(name, description, terminal, global);
        return new Command("journal", "Every accepted fact, once, in order, provably.")
        {
            Checkpoint(New("checkpoint", "The newest signed checkpoint; keep one, and a change of the past shows.")),
            Export(New("export", "Save all facts, or some with their proofs, as a signed file.")),
            Fold(New("fold", "Let the server check that its tables are what the journal says.")),
            Consistency(New("consistency", "Check that the journal only grew since a checkpoint that you kept.")),
            Verify(New("verify", "Check an export, without a server.")),
        };
    }

    private static Verb Checkpoint(Verb verb)
    {
        var (save, saveKey) = (verb.Takes<string>("--save", "File to keep it in."), verb.Takes<string>("--save-key", "File for the journal's public key (PEM)."));
        return verb.Does(async call =>
        {
            var checkpoint = (await new Client(call.Server()).GetCheckpointAsync(new GetCheckpointRequest(), cancellationToken: call.Cancellation)).Checkpoint;
            if (call.Get(save) is { } file)
            {
                await File.WriteAllTextAsync(file, SignedCheckpoint.Write(checkpoint), call.Cancellation);
            }

            if (call.Get(saveKey) is { } keyFile)
            {
                await File.WriteAllTextAsync(keyFile, PemEncoding.WriteString("PUBLIC KEY", checkpoint.PublicKey.Span) + "\n", call.Cancellation);
            }

            call.Terminal.Show(checkpoint, call.Json);
        });
    }

    private static Verb Export(Verb verb)
    {
        var file = verb.Wants<string>("FILE", "Where to save it.");
        var positions = verb.Takes<long[]>("--position", "A fact's position, up to 10,000 of them; none for all facts.");
        positions.AllowMultipleArgumentsPerToken = true;
        return verb.Does(async call =>
        {
            using var export = new Client(call.Server()).ExportFacts(new ExportFactsRequest { Positions = { call.Get(positions) ?? [] } }, cancellationToken: call.Cancellation);
            await Download.ToFileAsync(export.ResponseStream, piece => piece.Data, call.Get(file), call.Cancellation);
            call.Terminal.Say($"export in {call.Get(file)}; check it with: ktpctl journal verify {call.Get(file)}", call.Json);
        });
    }

    private static Verb Fold(Verb verb) => verb.Does(async call =>
    {
        var client = new Client(call.Server());
        var verified = await call.Terminal.WaitAsync("folding the journal", async () => await client.VerifyJournalAsync(new VerifyJournalRequest(), cancellationToken: call.Cancellation));
        call.Terminal.Show(verified, call.Json);
        return verified.Verified ? Exit.Ok : Exit.Found;
    });

    private static Verb Consistency(Verb verb)
    {
        var older = verb.Wants<string>("CHECKPOINT", "File that `journal checkpoint --save` saved.");
        return verb.Does(async call =>
        {
            try
            {
                var (kept, client) = (SignedCheckpoint.Read(call.Get(older)), new Client(call.Server()));
                var now = (await client.GetCheckpointAsync(new GetCheckpointRequest(), cancellationToken: call.Cancellation)).Checkpoint;
                await CheckAsync(call, client, kept, SignedCheckpoint.Of(System.Text.Encoding.UTF8.GetBytes(SignedCheckpoint.Write(now).TrimEnd('\n')), 1));
                call.Terminal.Say($"verified\tthe journal of {now.Size} facts goes on from the checkpoint of {kept.Size}", call.Json);
                return Exit.Ok;
            }
            catch (FindingException finding)
            {
                call.Terminal.Say($"NOT VERIFIED\t{finding.Message}", call.Json);
                return Exit.Found;
            }
        });
    }

    private static async Task CheckAsync(Invocation call, Client client, SignedCheckpoint kept, SignedCheckpoint now)
    {
        if (!kept.PublicKey.AsSpan().SequenceEqual(now.PublicKey))
        {
            throw new FindingException("The server signs with another key than the one that signed the checkpoint.");
        }

        if (kept.Size > now.Size)
        {
            throw new FindingException($"The checkpoint tells of {kept.Size} facts, and the server has {now.Size} only: facts were cut off.");
        }

        if (kept.Size == 0)
        {
            return;
        }

        var proof = await client.ProveConsistencyAsync(new ProveConsistencyRequest { FirstSize = kept.Size, SecondSize = now.Size }, cancellationToken: call.Cancellation);
        if (!MerkleTree.Extends(kept.Size, kept.Root, now.Size, now.Root, [.. proof.Path.Select(node => node.ToByteArray())]))
        {
            throw new FindingException($"The first {kept.Size} facts are not those of the checkpoint: the journal was changed since.");
        }
    }

    private static Verb Verify(Verb verb)
    {
        var (file, key) = (verb.Wants<string>("EXPORT", "A file that `journal export` or `cards life --export` saved."), verb.Takes<string>("--key", "File with the public key that signs (PEM), got another way than this file."));
        var older = verb.Takes<string>("--checkpoint", "File with a checkpoint that you kept: the export must go on from it.");
        return verb.Does(call => Task.FromResult(Verification.Run(call, call.Get(file), call.Get(key), signed => signed.Form switch
        {
            JournalExport.Form => JournalExport.Check(signed, call.Get(older) is { } path ? SignedCheckpoint.Read(path) : null),
            DestructionRecord.Form or DestructionMonth.Form => throw new UsageException("This is a record of destruction: ktpctl destruction verify checks it."),
            _ => throw new FindingException("The first line is not that of an export of the journal."),
        })));
    }
}
