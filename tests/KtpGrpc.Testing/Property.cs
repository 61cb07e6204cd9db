using FsCheck;
using FsCheck.Fluent;

namespace KtpGrpc.Testing;

/// <summary>Runs a property over drawn values; a failure throws with the value and the seed that repeats it.</summary>
public static class Property
{
    public static void Holds<T>(Gen<T> values, Action<T> property, int runs = 200) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(runs), Prop.ForAll(values.ToArbitrary(), property));
}
