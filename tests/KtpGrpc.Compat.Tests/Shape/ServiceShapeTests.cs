using KtpGrpc.Compat.Tests.Server;

namespace KtpGrpc.Compat.Tests.Shape;

public sealed class ServiceShapeTests
{
    [Fact]
    public void Definition_Bound_HandsOverEveryMethodOnce()
    {
        var binder = new NameRecorder();

        Parrot.BindService(new ScriptedParrot()).BindService(binder);

        Assert.Equal(["Unary Say", "ClientStreaming Gather", "ServerStreaming Count", "DuplexStreaming Chat"], binder.Names);
    }

    [Fact]
    public void Definition_SameMethodTwice_IsRefused()
    {
        var text = Marshallers.StringMarshaller;
        var method = new Method<string, string>(MethodType.Unary, "a.Service", "Say", text, text);
        var builder = ServerServiceDefinition.CreateBuilder().AddMethod(method, (request, _) => Task.FromResult(request));

        Assert.Throws<ArgumentException>(() => builder.AddMethod(method, (request, _) => Task.FromResult(request)));
    }

    [Fact]
    public void Method_Created_HasThePathOfTheWire()
    {
        var text = Marshallers.StringMarshaller;

        Assert.Equal("/a.b.Service/Say", new Method<string, string>(MethodType.Unary, "a.b.Service", "Say", text, text).FullName);
    }

    [Fact]
    public void StringMarshaller_ThereAndBack_KeepsTheText()
    {
        var text = Marshallers.StringMarshaller;

        Assert.Equal("ceķ ✓", text.Deserializer(text.Serializer("ceķ ✓")));
    }

    [Fact]
    public void AuthContext_WithoutIdentity_IsNotAuthenticatedButKeepsItsProperties()
    {
        var context = new AuthContext(null, new() { ["transport"] = [AuthProperty.Create("transport", "tls"u8.ToArray())] });

        Assert.False(context.IsPeerAuthenticated);
        Assert.Empty(context.PeerIdentity);
        Assert.Equal("tls", Assert.Single(context.Properties).Value);
        Assert.Empty(context.FindPropertiesByName("other"));
    }

    [Theory]
    [InlineData(StatusCode.OK, 0)]
    [InlineData(StatusCode.Cancelled, 1)]
    [InlineData(StatusCode.Unknown, 2)]
    [InlineData(StatusCode.InvalidArgument, 3)]
    [InlineData(StatusCode.DeadlineExceeded, 4)]
    [InlineData(StatusCode.NotFound, 5)]
    [InlineData(StatusCode.AlreadyExists, 6)]
    [InlineData(StatusCode.PermissionDenied, 7)]
    [InlineData(StatusCode.ResourceExhausted, 8)]
    [InlineData(StatusCode.FailedPrecondition, 9)]
    [InlineData(StatusCode.Aborted, 10)]
    [InlineData(StatusCode.OutOfRange, 11)]
    [InlineData(StatusCode.Unimplemented, 12)]
    [InlineData(StatusCode.Internal, 13)]
    [InlineData(StatusCode.Unavailable, 14)]
    [InlineData(StatusCode.DataLoss, 15)]
    [InlineData(StatusCode.Unauthenticated, 16)]
    public void StatusCode_OnTheWire_HasTheNumberOfTheSpecification(StatusCode code, int number)
    {
        Assert.Equal(number, (int)code);
    }

    private sealed class NameRecorder : ServiceBinderBase
    {
        public List<string> Names { get; } = [];

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) => Record(method);

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) => Record(method);

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) => Record(method);

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) => Record(method);

        private void Record(IMethod method) => Names.Add($"{method.Type} {method.Name}");
    }
}
