namespace Aeamc.P2P.Libp2p;

/// <summary>The protocol ids that the host itself speaks.</summary>
public static class ProtocolIds
{
    public const string Multistream = "/multistream/1.0.0";
    public const string Noise = "/noise";
    public const string Yamux = "/yamux/1.0.0";
    public const string Identify = "/ipfs/id/1.0.0";
    public const string IdentifyPush = "/ipfs/id/push/1.0.0";
    public const string Ping = "/ipfs/ping/1.0.0";
}
