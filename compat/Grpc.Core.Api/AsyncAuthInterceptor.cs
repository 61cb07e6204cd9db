namespace Grpc.Core;

/// <summary>Adds the credentials of one call to its headers.</summary>
public delegate Task AsyncAuthInterceptor(AuthInterceptorContext context, Metadata metadata);
