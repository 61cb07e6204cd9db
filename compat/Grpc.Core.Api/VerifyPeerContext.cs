namespace Grpc.Core;

/// <summary>The peer whose certificate is checked.</summary>
public class VerifyPeerContext
{
    internal VerifyPeerContext(string targetName, string peerPem)
    {
        TargetName = targetName;
        PeerPem = peerPem;
    }

    /// <summary>The name under which the peer was dialled.</summary>
    public string TargetName { get; }

    /// <summary>The certificate it shows, in PEM.</summary>
    public string PeerPem { get; }
}
