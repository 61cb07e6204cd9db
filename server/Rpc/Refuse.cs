using Grpc.Core;

namespace KtpGrpc.Server.Rpc;

/// <summary>
/// The answers to input that does not hold. A message says what is wrong and what would be right, and never repeats a
/// NIK, a name or a biometric byte.
/// </summary>
internal static class Refuse
{
    public static RpcException Invalid(string message) => Because(StatusCode.InvalidArgument, message);

    public static RpcException NotFound(string message) => Because(StatusCode.NotFound, message);

    public static RpcException Denied(string message) => Because(StatusCode.PermissionDenied, message);

    public static RpcException Unauthenticated(string message) => Because(StatusCode.Unauthenticated, message);

    public static RpcException Precondition(string message) => Because(StatusCode.FailedPrecondition, message);

    public static RpcException Exists(string message) => Because(StatusCode.AlreadyExists, message);

    public static RpcException Because(StatusCode code, string message) => new(new Status(code, message));
}
