using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KtpGrpc.Ctl.Proof;

/// <summary>Runs a check of a file, needs no server, and tells its outcome: exit code 3 when something was found.</summary>
internal static class Verification
{
    private static readonly JsonSerializerOptions _relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static int Run(Invocation call, string path, string? keyFile, Func<SignedFile, IEnumerable<(string Name, string Value)>> check)
    {
        var known = keyFile is null ? null : Signatures.ReadKey(keyFile);
        if (!File.Exists(path))
        {
            throw new UsageException($"There is no file {path}.");
        }

        try
        {
            using var stream = File.OpenRead(path);
            return Tell(call, Check(stream, known, check));
        }
        catch (FindingException finding)
        {
            if (call.Json)
            {
                call.Terminal.Out.WriteLine(new JsonObject { ["verified"] = false, ["fault"] = finding.Message }.ToJsonString(_relaxed));
            }
            else
            {
                call.Terminal.Out.WriteLine($"NOT VERIFIED\t{finding.Message}");
            }

            return Exit.Found;
        }
    }

    /// <summary>What the file proves; throws what was found.</summary>
    public static List<(string Name, string Value)> Check(Stream stream, byte[]? known, Func<SignedFile, IEnumerable<(string Name, string Value)>> check)
    {
        using var file = new SignedFile(stream);
        var told = check(file).ToList();
        if (known is not null && !known.AsSpan().SequenceEqual(file.PublicKey))
        {
            throw new FindingException("The file was signed by another key than the one of --key.");
        }

        told.Add(("key", Signatures.Fingerprint(file.PublicKey) + (known is null ? " (compare it, or give --key: a forger has a key too)" : " (the one of --key)")));
        return told;
    }

    private static int Tell(Invocation call, List<(string Name, string Value)> told)
    {
        if (call.Json)
        {
            var answer = new JsonObject { ["verified"] = true };
            foreach (var (name, value) in told)
            {
                answer[answer.ContainsKey(name) ? $"{name} {answer.Count}" : name] = value;
            }

            call.Terminal.Out.WriteLine(answer.ToJsonString(_relaxed));
        }
        else
        {
            call.Terminal.Out.WriteLine("verified");
            told.ForEach(line => call.Terminal.Out.WriteLine($"{line.Name}\t{line.Value}"));
        }

        return Exit.Ok;
    }
}
