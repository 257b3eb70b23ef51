namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>
/// What a node's own work takes, in microseconds of virtual time; measured on the machine described in the performance notes: Ed25519 by libsodium 54 us to check and
/// 19 us to sign, an append with sync 70 us.
/// </summary>
/// <param name="Verify">One signature check. Two cores share the checks, hence half of 54.</param>
/// <param name="Sign">One signature.</param>
/// <param name="Sync">One sync of the log, once a turn that writes.</param>
/// <param name="Block">Building a block, checking its header, and certifying it, each.</param>
public sealed record ProcessingModel(int Verify, int Sign, int Sync, int Block)
{
    public static ProcessingModel Measured { get; } = new(27, 19, 70, 300);

    /// <summary>No time at all: the protocol's own delays and nothing else.</summary>
    public static ProcessingModel None { get; } = new(0, 0, 0, 0);
}
