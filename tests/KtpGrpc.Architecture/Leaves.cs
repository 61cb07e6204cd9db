using Mono.Cecil;

namespace KtpGrpc.Architecture;

/// <summary>The plain types in a composed one: of arrays, references, pointers, modifiers, generic arguments and signatures.</summary>
internal static class Leaves
{
    public static IEnumerable<TypeReference> Of(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => Of(generic.ElementType).Concat(generic.GenericArguments.SelectMany(Of)),
        FunctionPointerType function => OfSignature(function),
        IModifierType modified => Of(modified.ModifierType).Concat(Of(modified.ElementType)),
        TypeSpecification composed => Of(composed.ElementType),
        _ => [type],
    };

    public static IEnumerable<TypeReference> Of(MethodReference method) =>
        method is GenericInstanceMethod generic
            ? Of(generic.ElementMethod).Concat(generic.GenericArguments.SelectMany(Of))
            : Of(method.DeclaringType).Concat(OfSignature(method));

    public static IEnumerable<TypeReference> Of(FieldReference field) => Of(field.DeclaringType).Concat(Of(field.FieldType));

    public static IEnumerable<TypeReference> OfSignature(IMethodSignature signature) =>
        Of(signature.ReturnType).Concat(signature.Parameters.SelectMany(parameter => Of(parameter.ParameterType)));
}
