using System.CommandLine;
using Google.Protobuf.Reflection;
using Grpc.Core;

namespace KtpGrpc.Ctl;

/// <summary>One command: its arguments and options are made where they are named, and read in what it does.</summary>
internal sealed class Verb(string name, string description, Terminal terminal, GlobalOptions global) : Command(name, description)
{
    public Argument<T> Wants<T>(string name, string description)
    {
        var argument = new Argument<T>(name) { Description = description };
        Add(argument);
        return argument;
    }

    public Argument<string[]> WantsSome(string name, string description)
    {
        var argument = new Argument<string[]>(name) { Description = description, Arity = ArgumentArity.ZeroOrMore, DefaultValueFactory = _ => [] };
        Add(argument);
        return argument;
    }

    public Option<T> Needs<T>(string name, string description)
    {
        var option = new Option<T>(name) { Description = description, Required = true };
        Add(option);
        return option;
    }

    public Option<T> Takes<T>(string name, string description)
    {
        var option = new Option<T>(name) { Description = description };
        Add(option);
        return option;
    }

    /// <summary>An option whose value is one of an enum's words in the contract.</summary>
    public Option<string> NeedsWord(string name, string description, EnumDescriptor words)
    {
        var option = Needs<string>(name, description);
        return Limit(option, words);
    }

    public Option<string> TakesWord(string name, string description, EnumDescriptor words)
    {
        var option = Takes<string>(name, description);
        return Limit(option, words);
    }

    /// <summary>Says what it does; the number is the exit code.</summary>
    public Verb Does(Func<Invocation, Task<int>> work)
    {
        SetAction((parsed, cancellation) => work(new Invocation(parsed, terminal, global, cancellation)));
        return this;
    }

    public Verb Does(Func<Invocation, Task> work) => Does(async invocation =>
    {
        await work(invocation);
        return Exit.Ok;
    });

    private static Option<string> Limit(Option<string> option, EnumDescriptor words)
    {
        option.AcceptOnlyFromAmong([.. words.Values.Where(value => value.Number != 0).Select(Plain.Word)]);
        return option;
    }
}

/// <summary>A command as somebody gave it.</summary>
internal sealed class Invocation(ParseResult parsed, Terminal terminal, GlobalOptions global, CancellationToken cancellation)
{
    private const int Most = 100_000;

    private CallInvoker? _server;

    public Terminal Terminal => terminal;

    public CancellationToken Cancellation => cancellation;

    public bool Json => parsed.GetValue(global.Json);

    /// <summary>Where one command makes several changes, each has an id of its own.</summary>
    public string RequestId(int part = 0) => parsed.GetValue(global.RequestId) is { Length: > 0 } given ? (part == 0 ? given : $"{given}-{part}") : Guid.NewGuid().ToString();

    /// <summary>One connection for all that the command asks.</summary>
    public CallInvoker Server() => _server ??= Connection.Open(
        parsed.GetValue(global.Server), parsed.GetValue(global.Authority), parsed.GetValue(global.Operator), parsed.GetValue(global.SecretFile), parsed.GetValue(global.Data));

    public T Get<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);

    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    public T Need<T>(Option<T> option) => parsed.GetRequiredValue(option);

    /// <summary>The value of an enum by its word; its zero where none was given.</summary>
    public T Get<T>(Option<string> option, EnumDescriptor words) where T : struct, Enum => parsed.GetValue(option) is { } word
        ? (T)Enum.ToObject(typeof(T), words.Values.First(value => Plain.Word(value) == word).Number)
        : default;

    public async Task ShowAsync<T>(AsyncUnaryCall<T> call) where T : Google.Protobuf.IMessage => terminal.Show(await call, Json);

    /// <summary>All pages of a list.</summary>
    public async Task ShowAllAsync<TResponse, T>(Func<string, AsyncUnaryCall<TResponse>> page, Func<TResponse, (IEnumerable<T> Items, string Next)> read)
        where T : Google.Protobuf.IMessage
    {
        var items = new List<T>();
        var token = "";
        do
        {
            var (some, next) = read(await page(token));
            items.AddRange(some);
            token = next;
        }
        while (token.Length > 0 && items.Count < Most);
        terminal.Show(items, Json);
        if (token.Length > 0)
        {
            await terminal.Error.WriteLineAsync($"ktpctl: there are more than these {items.Count}.");
        }
    }
}
