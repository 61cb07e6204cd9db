using Grpc.Core;

namespace KtpGrpc.Agent.Enrolment;

/// <summary>What becomes of a packet whose upload failed.</summary>
internal enum PacketFate
{
    /// <summary>It can never be taken as it is: it is moved aside, kept, and a person is told.</summary>
    Aside,

    /// <summary>It is tried again later; those behind it go on.</summary>
    Later,

    /// <summary>The server takes none now: all wait.</summary>
    AllLater,
}

/// <summary>Decides it, so that one bad packet neither stops the station nor gets lost.</summary>
internal static class PacketFates
{
    /// <param name="failedBefore">Its last upload failed, too, since the agent started.</param>
    public static PacketFate Of(Exception fault, bool failedBefore) => fault switch
    {
        RpcException { StatusCode: StatusCode.InvalidArgument or StatusCode.AlreadyExists } => PacketFate.Aside,

        // Bytes may be garbled once on the way; twice, they are wrong on our disk.
        RpcException { StatusCode: StatusCode.DataLoss } => failedBefore ? PacketFate.Aside : PacketFate.Later,
        RpcException
        {
            StatusCode: StatusCode.Aborted or StatusCode.NotFound or StatusCode.OutOfRange or StatusCode.FailedPrecondition
                or StatusCode.DeadlineExceeded or StatusCode.Internal or StatusCode.Unknown,
        } => PacketFate.Later,
        RpcException => PacketFate.AllLater,
        UnreadablePacketException { IsGone: true } => PacketFate.Aside,
        UnreadablePacketException => failedBefore ? PacketFate.Aside : PacketFate.Later,
        _ => PacketFate.Later,
    };
}

/// <summary>A file of a packet cannot be read; the message carries nothing of its content.</summary>
internal sealed class UnreadablePacketException(string message, Exception inner) : IOException(message, inner)
{
    /// <summary>The file is not there: no second look will find it.</summary>
    public bool IsGone => InnerException is FileNotFoundException;
}
