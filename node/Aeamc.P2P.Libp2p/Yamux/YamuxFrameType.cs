namespace Aeamc.P2P.Libp2p.Yamux;

/// <summary>Byte 1 of a Yamux header.</summary>
internal enum YamuxFrameType : byte
{
    Data = 0,
    WindowUpdate = 1,
    Ping = 2,
    GoAway = 3,
}
