using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Storage;

namespace Aeamc.P2P.Node.Consensus;

/// <summary>Our key has signed what this data folder does not remember. The node ends: if it went on, it could say the opposite.</summary>
public sealed class UnknownOwnVoteException(Statement vote)
    : StorageException(
        $"another member holds a vote that this node's key signed and this data folder does not remember: {vote}. Either a second machine runs this key, or the folder "
        + "is an old copy. Stop the other machine for good. When none is left, start again: the signer watermark now stands at "
        + $"view {vote.View}, and the node does not vote before a block beyond it is final.")
{
    /// <summary>The vote.</summary>
    public Statement Vote { get; } = vote;
}
