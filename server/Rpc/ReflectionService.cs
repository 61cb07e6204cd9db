using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1;

namespace KtpGrpc.Server.Rpc;

/// <summary>The standard reflection of gRPC, from the descriptors of the mapped services.</summary>
internal sealed class ReflectionService(MappedServices services) : ServerReflection.ServerReflectionBase
{
    private readonly SymbolTable _symbols = new(services.ByName.Values.Select(service => service.File));

    [Right(Anyone = true)]
    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<ServerReflectionRequest> requestStream, IServerStreamWriter<ServerReflectionResponse> responseStream, ServerCallContext context)
    {
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            var response = Answer(request);
            response.ValidHost = request.Host;
            response.OriginalRequest = request;
            await responseStream.WriteAsync(response, context.CancellationToken);
        }
    }

    private ServerReflectionResponse Answer(ServerReflectionRequest request) => request.MessageRequestCase switch
    {
        ServerReflectionRequest.MessageRequestOneofCase.ListServices => new ServerReflectionResponse
        {
            ListServicesResponse = new ListServiceResponse { Service = { services.ByName.Keys.Order(StringComparer.Ordinal).Select(name => new ServiceResponse { Name = name }) } },
        },
        ServerReflectionRequest.MessageRequestOneofCase.FileByFilename => Files(_symbols.FileNamed(request.FileByFilename), request.FileByFilename),
        ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol => Files(_symbols.FileOf(request.FileContainingSymbol), request.FileContainingSymbol),
        ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType => _symbols.FileOf(request.AllExtensionNumbersOfType) is null
            ? Failed(StatusCode.NotFound, $"'{Require.Shown(request.AllExtensionNumbersOfType)}' is not known.")
            : new ServerReflectionResponse { AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = request.AllExtensionNumbersOfType } },
        ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension => Failed(StatusCode.NotFound, "There are no extensions: the contract is proto3."),
        _ => Failed(StatusCode.InvalidArgument, "The request asks nothing."),
    };

    /// <summary>The file and all it depends on, so that a client needs no second question.</summary>
    private static ServerReflectionResponse Files(FileDescriptor? file, string asked) => file is null
        ? Failed(StatusCode.NotFound, $"'{Require.Shown(asked)}' is not known.")
        : new ServerReflectionResponse
        {
            FileDescriptorResponse = new FileDescriptorResponse { FileDescriptorProto = { SymbolTable.WithDependencies(file).Select(found => found.SerializedData) } },
        };

    private static ServerReflectionResponse Failed(StatusCode code, string message) =>
        new() { ErrorResponse = new ErrorResponse { ErrorCode = (int)code, ErrorMessage = message } };
}
