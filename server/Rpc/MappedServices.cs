using System.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace KtpGrpc.Server.Rpc;

/// <summary>The services that this application has mapped, read from its endpoints.</summary>
internal sealed class MappedServices(EndpointDataSource endpoints)
{
    private readonly Lazy<IReadOnlyDictionary<string, ServiceDescriptor>> _byName = new(() => endpoints.Endpoints
        .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.ServiceType)
        .OfType<Type>()
        .Distinct()
        .Select(DescriptorOf)
        .ToDictionary(service => service.FullName));

    /// <summary>By full name, as a client names them.</summary>
    public IReadOnlyDictionary<string, ServiceDescriptor> ByName => _byName.Value;

    /// <summary>The generated base names the class that holds the descriptor.</summary>
    private static ServiceDescriptor DescriptorOf(Type service) =>
        service.GetCustomAttribute<BindServiceMethodAttribute>(inherit: true)?.BindType.GetProperty("Descriptor")?.GetValue(null) as ServiceDescriptor
        ?? throw new InvalidOperationException($"{service} is not a generated service.");
}
