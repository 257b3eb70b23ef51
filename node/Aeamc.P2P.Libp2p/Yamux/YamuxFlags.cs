namespace Aeamc.P2P.Libp2p.Yamux;

/// <summary>Bytes 2 and 3 of a Yamux header.</summary>
[Flags]
internal enum YamuxFlags : ushort
{
    None = 0,
    Syn = 1,
    Ack = 2,
    Fin = 4,
    Rst = 8,
}
