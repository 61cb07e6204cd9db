using Grpc.Core;
using KtpGrpc.Agent.Session;

namespace KtpGrpc.Agent.Tests.Session;

public sealed class TroubleTests
{
    [Fact]
    public void Internal_OfTheServer_IsNotTakenForAWireThatBroke()
    {
        var told = new RpcException(new Status(StatusCode.Internal, "The server failed."));
        var broken = new RpcException(new Status(StatusCode.Internal, "Error reading.", new IOException("reset")));

        Assert.Equal(StatusCode.Internal, Trouble.Of(told)?.Code);
        Assert.Equal(StatusCode.Unavailable, Trouble.Of(broken)?.Code);
    }

    [Fact]
    public void Faults_OfFilesAndWires_CanBeWaitedOut()
    {
        Exception[] faults = [new IOException(), new InvalidDataException(), new UnauthorizedAccessException(), new ObjectDisposedException("link")];

        Assert.All(faults, fault => Assert.NotNull(Trouble.Of(fault)));
        Assert.Null(Trouble.Of(new ArgumentException("a fault of the program")));
    }
}
