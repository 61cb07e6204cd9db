using Mono.Cecil;

namespace KtpGrpc.Architecture;

/// <summary>The types that the attributes of a thing name: their own, those of their type arguments, and those of their values.</summary>
internal static class Attributes
{
    public static IEnumerable<TypeReference> Names(ICustomAttributeProvider thing) => thing.CustomAttributes.SelectMany(Names);

    private static IEnumerable<TypeReference> Names(CustomAttribute attribute) =>
        Leaves.Of(attribute.Constructor)
            .Concat(attribute.ConstructorArguments.SelectMany(Names))
            .Concat(attribute.Fields.Concat(attribute.Properties).SelectMany(named => Names(named.Argument)));

    private static IEnumerable<TypeReference> Names(CustomAttributeArgument argument) =>
        Leaves.Of(argument.Type).Concat(argument.Value switch
        {
            TypeReference type => Leaves.Of(type),
            CustomAttributeArgument boxed => Names(boxed),
            CustomAttributeArgument[] array => array.SelectMany(Names),
            _ => [],
        });
}
