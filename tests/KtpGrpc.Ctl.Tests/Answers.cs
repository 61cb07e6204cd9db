using System.Text.Json;
using Google.Protobuf;
using Xunit;

namespace KtpGrpc.Ctl.Tests;

/// <summary>One answer three ways: lines for a pipe, a table for whoever looks, JSON for a program. All must tell the same.</summary>
internal static class Answers
{
    /// <summary>A change is made once, for its request_id is the same.</summary>
    public static async Task<T> OneAsync<T>(this Office office, string who, params string[] arguments) where T : IMessage<T>, new()
    {
        var (lines, table, json) = await RunAsync(office, who, arguments);

        var answer = JsonParser.Default.Parse<T>(json.Out);
        var told = Plain.Lines(answer).ToList();
        Assert.Equal(told.Select(line => $"{line.Name}\t{line.Value}"), lines.Out.Split('\n')[..^1]);
        Assert.All(told.SelectMany(line => line.Value.Split(' ')), word => Assert.Contains(word, table.Out, StringComparison.Ordinal));
        return answer;
    }

    public static async Task<List<T>> ManyAsync<T>(this Office office, string who, params string[] arguments) where T : IMessage<T>, new()
    {
        var (lines, table, json) = await RunAsync(office, who, arguments);

        using var document = JsonDocument.Parse(json.Out);
        var answers = document.RootElement.EnumerateArray().Select(one => JsonParser.Default.Parse<T>(one.GetRawText())).ToList();
        Assert.Equal(answers.Select(one => string.Join('\t', Plain.Row(one))), lines.Out.Split('\n')[1..^1]);
        Assert.All(answers, one => Assert.Contains($"│ {Plain.Row(one)[0]} ", table.Out, StringComparison.Ordinal));
        return answers;
    }

    /// <summary>The command ends so, tells why and what helps on the error stream alone, and nothing has become true.</summary>
    public static async Task RefusesAsync(this Office office, string who, int code, string words, params string[] arguments)
    {
        var before = await office.CountFactsAsync();

        var ran = await office.RunAsync(who, arguments);

        ran.Ended(code, words);
        Assert.StartsWith("ktpctl: ", ran.Error, StringComparison.Ordinal);
        Assert.Equal("", ran.Out);
        Assert.Equal(before, await office.CountFactsAsync());
    }

    private static async Task<(Ran Lines, Ran Table, Ran Json)> RunAsync(Office office, string who, string[] arguments)
    {
        string[] once = [.. arguments, "--request-id", Guid.NewGuid().ToString()];
        var lines = (await office.RunAsync(who, once)).Done();
        var facts = await office.CountFactsAsync();
        var table = (await office.LookAsync(who, once)).Done();
        var json = (await office.RunAsync(who, [.. once, "--json"])).Done();
        Assert.Equal(facts, await office.CountFactsAsync());
        return (lines, table, json);
    }
}
