using Xunit;

namespace KtpGrpc.Ctl.Tests;

/// <summary>What a run of ktpctl ended with and wrote.</summary>
internal sealed record Ran(int Code, string Out, string Error)
{
    /// <summary>The lines of the answer, as name and value.</summary>
    public string this[string name] => Out.Split('\n').Select(line => line.Split('\t')).First(line => line[0] == name)[1];

    public static async Task<Ran> Async(IEnumerable<string> arguments, string input = "", IReadOnlyDictionary<string, string>? environment = null, bool interactive = false)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var reader = new StringReader(input);
        var code = await CommandLine.RunAsync(
            [.. arguments], new Terminal(output, error, reader, name => environment?.GetValueOrDefault(name), interactive));
        return new Ran(code, output.ToString(), error.ToString());
    }

    /// <summary>It must have ended well.</summary>
    public Ran Done()
    {
        Assert.True(Code == 0, $"{Code}: {Error}{Out}");
        return this;
    }

    /// <summary>It must have ended so, with these words.</summary>
    public void Ended(int code, string words)
    {
        Assert.True(Code == code && (Out + Error).Contains(words, StringComparison.Ordinal), $"Expected {code} with '{words}', was {Code}: {Error}{Out}");
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
    }
}
