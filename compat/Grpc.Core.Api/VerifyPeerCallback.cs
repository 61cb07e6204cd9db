namespace Grpc.Core;

/// <summary>A last check of the peer's certificate.</summary>
public delegate bool VerifyPeerCallback(VerifyPeerContext context);
