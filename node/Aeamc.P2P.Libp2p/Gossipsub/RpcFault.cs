namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>Why a frame is no RPC.</summary>
public enum RpcFault
{
    None,

    /// <summary>Longer than <see cref="PubsubSettings.MaxRpcBytes"/>.</summary>
    FrameTooLong,

    /// <summary>A varint of more than ten bytes, or cut off.</summary>
    BadVarint,

    /// <summary>A field reaches past the end of what holds it.</summary>
    LengthOutOfBounds,

    /// <summary>Field number 0, a group, or a known field of another wire type.</summary>
    BadTag,

    /// <summary>A topic that is empty, over 256 bytes, or not UTF-8.</summary>
    BadTopic,

    /// <summary>More messages or subscriptions than one RPC may carry.</summary>
    TooManyEntries,
}
