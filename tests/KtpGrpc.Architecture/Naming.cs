using Mono.Cecil;

namespace KtpGrpc.Architecture;

/// <summary>A type, or one of its members, naming another type.</summary>
internal sealed record Naming(TypeDefinition Type, string Member, TypeReference Named)
{
    /// <summary>Every naming in a compiled module, in declarations, attributes and bodies, compiler-made types included.</summary>
    public static IEnumerable<Naming> All(ModuleDefinition module) => module.GetTypes().SelectMany(In);

    private static IEnumerable<Naming> In(TypeDefinition type) =>
        Declaration(type).Select(named => new Naming(type, "", named))
            .Concat(type.Fields.SelectMany(field => Each(type, field, Declaration(field))))
            .Concat(type.Properties.SelectMany(property => Each(type, property, Declaration(property))))
            .Concat(type.Events.SelectMany(@event => Each(type, @event, Declaration(@event))))
            .Concat(type.Methods.SelectMany(method => Each(type, method, Declaration(method).Concat(Body.Names(method)))));

    private static IEnumerable<Naming> Each(TypeDefinition type, IMemberDefinition member, IEnumerable<TypeReference> names) =>
        names.Select(named => new Naming(type, member.Name, named));

    private static IEnumerable<TypeReference> Declaration(TypeDefinition type) =>
        Leaves.Of(type.BaseType)
            .Concat(type.Interfaces.SelectMany(face => Leaves.Of(face.InterfaceType).Concat(Attributes.Names(face))))
            .Concat(type.GenericParameters.SelectMany(Declaration))
            .Concat(Attributes.Names(type));

    private static IEnumerable<TypeReference> Declaration(FieldDefinition field) =>
        Leaves.Of(field.FieldType).Concat(Attributes.Names(field));

    private static IEnumerable<TypeReference> Declaration(PropertyDefinition property) =>
        Leaves.Of(property.PropertyType).Concat(Attributes.Names(property));

    private static IEnumerable<TypeReference> Declaration(EventDefinition @event) =>
        Leaves.Of(@event.EventType).Concat(Attributes.Names(@event));

    private static IEnumerable<TypeReference> Declaration(MethodDefinition method) =>
        Leaves.OfSignature(method)
            .Concat(method.Parameters.SelectMany(Attributes.Names))
            .Concat(Attributes.Names(method.MethodReturnType))
            .Concat(method.GenericParameters.SelectMany(Declaration))
            .Concat(Attributes.Names(method));

    private static IEnumerable<TypeReference> Declaration(GenericParameter parameter) =>
        parameter.Constraints.SelectMany(constraint => Leaves.Of(constraint.ConstraintType).Concat(Attributes.Names(constraint)))
            .Concat(Attributes.Names(parameter));
}
