namespace Grpc.Core;

/// <summary>A method of a service, whatever its messages are.</summary>
public interface IMethod
{
    /// <summary>The kind of call.</summary>
    MethodType Type { get; }

    /// <summary>The service, with its package.</summary>
    string ServiceName { get; }

    /// <summary>The method within the service.</summary>
    string Name { get; }

    /// <summary>The path on the wire: /service/method.</summary>
    string FullName { get; }
}
