namespace Aeamc.P2P.DeviceApi.Gateway;

/// <summary>Whether a node takes part in votes.</summary>
public static class VotingState
{
    /// <summary>It does.</summary>
    public const string Voting = "voting";

    /// <summary>Its data folder was restored; it votes again when a block beyond its signer watermark is final.</summary>
    public const string QuietAfterRestore = "quiet_after_restore";

    /// <summary>Its disk is full; it votes again when there is room.</summary>
    public const string DiskFull = "disk_full";
}
