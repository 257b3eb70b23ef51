namespace Aeamc.P2P.Blocks;

/// <summary>How a question to another node ended.</summary>
public enum SyncStatus
{
    /// <summary>With an answer, which may be false.</summary>
    Answered,

    /// <summary>The other node has nothing to say to it.</summary>
    Refused,

    /// <summary>Without an answer: not connected, too late, broken off.</summary>
    Failed,
}
