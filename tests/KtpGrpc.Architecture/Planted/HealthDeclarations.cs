using KtpGrpc.Architecture.Planted.Clock;
using KtpGrpc.Architecture.Planted.Session;

namespace KtpGrpc.Architecture.Planted.Health;

// Each type names the planted folder Session in one way only, outside any body.
internal sealed class ByBaseType : Beat;

internal sealed class ByInterface : ILoud;

internal sealed class ByArgumentOfInterface : List<Dictionary<Tick, Beat>>;

internal sealed class ByConstraint<T> where T : ILoud;

[Mark]
internal sealed class ByAttribute;

[Of<Beat[]>]
internal sealed class ByTypeArgumentOfAttribute;

[With(typeof(Beat))]
internal sealed class ByTypeInAttribute;

[With(1, Pace.Fast)]
internal sealed class ByEnumInAttribute;

[With(Named = typeof(List<Beat>))]
internal sealed class ByNamedValueOfAttribute;

internal sealed class ByAttributeOfGenericParameter<[Mark] T>;

internal interface IByMembers
{
    Beat ByProperty { get; }

    [Mark]
    Tick ByAttributeOfProperty { get; }

    event Action<Beat> ByEvent;

    Beat ByResult();

    Tick ByParameter(Beat?[] beats);

    Tick ByReference(in Beat beat);

    [Mark]
    void ByAttributeOfMethod();

    void ByAttributeOfParameter([Mark] Tick tick);

    [return: Mark]
    Tick ByAttributeOfResult();

    void ByConstraintOfMethod<T>() where T : Beat;

    unsafe void ByFunctionPointer(delegate*<Beat, void> pointer);
}

internal sealed class ByField
{
    public readonly Beat?[] Beat = [];
}

internal sealed class Outer
{
    internal sealed class ByNestedType : ILoud;
}

file sealed class FileLocal
{
    internal sealed class InIt : ILoud;
}
