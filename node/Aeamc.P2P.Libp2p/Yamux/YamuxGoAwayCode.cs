namespace Aeamc.P2P.Libp2p.Yamux;

/// <summary>Why a session is ended.</summary>
internal enum YamuxGoAwayCode : uint
{
    Normal = 0,
    ProtocolError = 1,
    InternalError = 2,
}
