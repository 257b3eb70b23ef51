namespace Aeamc.P2P.Libp2p.Yamux;

/// <summary>What became of bytes that were to be sent.</summary>
internal enum AppendResult
{
    /// <summary>They are queued.</summary>
    Queued,

    /// <summary>There is no room or no credit now; nothing was queued.</summary>
    Full,

    /// <summary>The stream or its connection is over; nothing was queued.</summary>
    Closed,
}
