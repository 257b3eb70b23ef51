using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceClient;

/// <summary>What a node answered to a post.</summary>
/// <param name="Accepted">Taken, now or before.</param>
/// <param name="Id">The entry's id when it was taken.</param>
/// <param name="Code">The stable code when it was refused; <c>unreachable</c> when no node answered; empty when taken.</param>
/// <param name="Message">The sentence that came with it.</param>
/// <param name="RetryAfter">When to try again, if the node said so.</param>
public readonly record struct PostResult(bool Accepted, Hash256 Id, string Code, string Message, TimeSpan? RetryAfter)
{
    /// <summary>The code of a post that reached no node.</summary>
    public const string Unreachable = "unreachable";
}

/// <summary>Work that a device was given.</summary>
/// <param name="Id">The lease, named in proofs.</param>
/// <param name="Post">The task's post.</param>
/// <param name="First">The first unit.</param>
/// <param name="Count">How many units.</param>
/// <param name="Input">The seed of every unit.</param>
/// <param name="Steps">Steps of one unit.</param>
/// <param name="Segment">Steps between two states of the trace.</param>
/// <param name="Expires">Block time after which no proof is taken.</param>
public sealed record DeviceLease(Hash256 Id, Hash256 Post, ushort First, int Count, Hash256 Input, uint Steps, uint Segment, Timestamp Expires);

/// <summary>What a node answered to a request for work: a lease, or why there is none.</summary>
public readonly record struct LeaseResult(DeviceLease? Lease, PostResult Post);

/// <summary>What became of an entry.</summary>
/// <param name="Stage"><c>pending</c>, <c>finalized</c>, <c>refused</c> or <c>checkpointed</c>.</param>
/// <param name="Height">The block, 0 while it is in none.</param>
/// <param name="Code">Why the ledger refused it; empty otherwise.</param>
public sealed record Receipt(string Stage, ulong Height, string Code)
{
    /// <summary>Whether it is in a block.</summary>
    public bool IsSettled => Stage != "pending";

    /// <summary>Whether a checkpoint covers it.</summary>
    public bool IsCheckpointed => Stage == "checkpointed";
}
