using Mono.Cecil;

namespace KtpGrpc.Architecture;

/// <summary>The types that a method's code names: in its locals, its instructions and its catch clauses.</summary>
internal static class Body
{
    public static IEnumerable<TypeReference> Names(MethodDefinition method) => !method.HasBody
        ? []
        : method.Body.Variables.SelectMany(local => Leaves.Of(local.VariableType))
            .Concat(method.Body.Instructions.SelectMany(instruction => Operand(instruction.Operand)))
            .Concat(method.Body.ExceptionHandlers.SelectMany(handler => Leaves.Of(handler.CatchType)));

    private static IEnumerable<TypeReference> Operand(object? operand) => operand switch
    {
        TypeReference type => Leaves.Of(type),
        MethodReference method => Leaves.Of(method),
        FieldReference field => Leaves.Of(field),
        CallSite indirect => Leaves.OfSignature(indirect),
        _ => [],
    };
}
