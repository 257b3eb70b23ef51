namespace Aeamc.P2P.DeviceApi.Gateway;

/// <summary>What can be explained.</summary>
public enum ExplainSubject
{
    /// <summary>A finalized block, by height.</summary>
    Block,

    /// <summary>A view, by number.</summary>
    View,

    /// <summary>Evidence in a block, by entry id.</summary>
    Evidence,

    /// <summary>A committee member, by place, label or node id.</summary>
    Member,

    /// <summary>A proof of task or any other entry, by entry id.</summary>
    Proof,
}
