using System.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Net.Compression;
using Mono.Cecil;

namespace KtpGrpc.Compat.Tests.Engines;

/// <summary>Holds the compat assemblies to what the two official engines were compiled against.</summary>
public sealed class EngineReferencesTests
{
    private const string PublicKeyToken = "d754f35622e28bad";

    private static readonly Assembly[] _compat = [typeof(CallInvoker).Assembly, typeof(ICompressionProvider).Assembly];
    private static readonly Assembly[] _engines = [typeof(GrpcServiceOptions).Assembly, typeof(GrpcChannel).Assembly];
    private static readonly string[] _compatNames = ["Grpc.Core.Api", "Grpc.Net.Common"];

    public static TheoryData<string> EngineNames => [.. _engines.Select(engine => engine.GetName().Name!)];

    [Fact]
    public void CompatAssemblies_Loaded_CarryTheIdentityThatEnginesAskFor()
    {
        Assert.Equal(_compatNames, _compat.Select(assembly => assembly.GetName().Name));
        Assert.All(_compat, assembly =>
        {
            Assert.Equal(new Version(2, 0, 0, 0), assembly.GetName().Version);
            Assert.Equal(PublicKeyToken, Convert.ToHexStringLower(assembly.GetName().GetPublicKeyToken()!));
            Assert.StartsWith(
                VersionInfo.CurrentVersion,
                assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
                StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(EngineNames))]
    public void Engine_InTheOutputFolder_IsTheOfficialBuildOfTheSameVersion(string name)
    {
        var engine = _engines.Single(assembly => assembly.GetName().Name == name);
        var repository = engine.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "RepositoryUrl").Value;

        Assert.Equal("https://github.com/grpc/grpc-dotnet.git", repository);
        Assert.StartsWith(
            VersionInfo.CurrentVersion,
            engine.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(EngineNames))]
    public void Engine_EveryReferencedType_IsPublicInCompat(string name)
    {
        using var module = Read(name);
        var types = module.GetTypeReferences().Where(IsCompat).ToArray();

        var missing = types.Where(type => !IsVisible(type.Resolve())).Select(type => type.FullName);

        Assert.NotEmpty(types);
        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(EngineNames))]
    public void Engine_EveryReferencedMember_IsReachableInCompat(string name)
    {
        using var module = Read(name);
        var members = module.GetMemberReferences().Where(member => IsCompat(member.DeclaringType)).ToArray();

        var missing = members.Where(member => !IsReachable(member.Resolve())).Select(member => member.FullName);

        Assert.NotEmpty(members);
        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(EngineNames))]
    public void Engine_EveryOverrideOfACompatMethod_FindsItsBase(string name)
    {
        using var module = Read(name);
        var overrides = module.GetTypes()
            .Where(type => type.BaseType is not null && IsCompat(type.BaseType))
            .SelectMany(type => type.Methods.Where(method => method is { IsVirtual: true, IsNewSlot: false }))
            .ToArray();

        var orphans = overrides.Where(method => !HasBase(method)).Select(method => method.FullName);

        Assert.NotEmpty(overrides);
        Assert.Empty(orphans);
    }

    [Theory]
    [MemberData(nameof(EngineNames))]
    public void Engine_EveryType_LoadsInTheRuntime(string name)
    {
        var engine = _engines.Single(assembly => assembly.GetName().Name == name);

        Assert.NotEmpty(engine.GetTypes());
    }

    private static ModuleDefinition Read(string name)
    {
        var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(AppContext.BaseDirectory);
        foreach (var directory in TrustedDirectories())
        {
            resolver.AddSearchDirectory(directory);
        }

        var path = Path.Combine(AppContext.BaseDirectory, name + ".dll");
        return ModuleDefinition.ReadModule(path, new ReaderParameters { AssemblyResolver = resolver });
    }

    private static IEnumerable<string> TrustedDirectories() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Select(path => Path.GetDirectoryName(path)!)
        .Distinct();

    private static bool IsCompat(TypeReference type) => _compatNames.Contains(type.GetElementType().Scope.Name);

    private static bool IsVisible(TypeDefinition? type) =>
        type is not null && (type.IsPublic || (type.IsNestedPublic && IsVisible(type.DeclaringType)));

    private static bool IsReachable(IMemberDefinition? member) => member switch
    {
        MethodDefinition method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldDefinition field => field.IsPublic,
        _ => false,
    };

    private static bool HasBase(MethodDefinition method)
    {
        for (var type = method.DeclaringType.BaseType?.Resolve(); type is not null; type = type.BaseType?.Resolve())
        {
            if (type.Methods.Any(candidate => IsOverriddenBy(candidate, method)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOverriddenBy(MethodDefinition candidate, MethodDefinition method) =>
        candidate.IsVirtual
        && !candidate.IsAssembly
        && candidate.Name == method.Name
        && candidate.GenericParameters.Count == method.GenericParameters.Count
        && candidate.ReturnType.FullName == method.ReturnType.FullName
        && candidate.Parameters.Select(parameter => parameter.ParameterType.FullName)
            .SequenceEqual(method.Parameters.Select(parameter => parameter.ParameterType.FullName));
}
