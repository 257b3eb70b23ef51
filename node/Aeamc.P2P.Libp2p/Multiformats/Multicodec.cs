namespace Aeamc.P2P.Libp2p.Multiformats;

/// <summary>The code numbers of the multicodec table that this library writes or reads.</summary>
public static class Multicodec
{
    public const ulong Identity = 0x00;
    public const ulong Sha256 = 0x12;
    public const ulong Libp2pKey = 0x72;
    public const ulong Ip4 = 0x04;
    public const ulong Tcp = 0x06;
    public const ulong Ip6 = 0x29;
    public const ulong Dns = 0x35;
    public const ulong Dns4 = 0x36;
    public const ulong Dns6 = 0x37;
    public const ulong P2p = 0x01A5;

    /// <summary>Payload type of a signed peer record; the envelope holds its two uvarint bytes.</summary>
    public const ulong Libp2pPeerRecord = 0x0301;
}
