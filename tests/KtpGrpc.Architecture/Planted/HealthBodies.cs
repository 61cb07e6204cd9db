using KtpGrpc.Architecture.Planted.Clock;
using KtpGrpc.Architecture.Planted.Session;

namespace KtpGrpc.Architecture.Planted.Health;

/// <summary>Each member names the planted folder Session in one way only, in its body.</summary>
internal static class Bodies
{
    public static readonly int ByInitializer = Beat.Listen();

    public static int ByAccessor => Beat.Listen();

    public static int ByCall() => Beat.Listen();

    public static object ByConstruction() => new Beat();

    public static bool ByCast(object beat) => beat is Beat;

    public static string ByTypeOf() => typeof(Beat).Name;

    public static void ByArgumentOfCall() => Tick.Count<Beat>();

    public static TimeSpan ByFieldInBody() => Beat.Every;

    public static unsafe void ByIndirectCall(nint pointer) => ((delegate*<Beat>)pointer)();

    public static Func<int> ByMethodGroup() => Beat.Listen;

    public static int ByLocal(int number)
    {
        for (var pace = (Pace)number; pace != 0; pace--)
        {
            number += (int)pace;
        }

        return number;
    }

    public static void ByCatch()
    {
        try
        {
            GC.Collect(0);
        }
        catch (LateException)
        {
        }
    }

    public static Func<int> ByLambda() => () => Beat.Listen();

    public static Func<int> ByClosure(int number) => () => number + Beat.Listen();

    public static int ByLocalFunction(int number)
    {
        return Inner() + Inner();

        int Inner() => number + Beat.Listen();
    }

    public static async Task<int> ByAsyncBody() => await Beat.ListenAsync() + 1;

    public static async Task<int> ByLambdaInAsyncBody(int number)
    {
        await Task.CompletedTask;
        var listen = async () => number + await Beat.ListenAsync();
        return await listen();
    }

    public static IEnumerable<int> ByIterator()
    {
        yield return Beat.Listen();
    }

    // A constant leaves no trace of where it came from; neither does nameof.
    public static string ByName() => nameof(Beat);
}

/// <summary>What is allowed, and so must not be reported.</summary>
internal sealed class Innocent
{
    public Tick? Tick { get; set; }

    public Outer? Neighbour { get; set; }
}
