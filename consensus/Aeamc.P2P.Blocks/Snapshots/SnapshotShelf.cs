using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>
/// The states after checkpointed blocks, for those that begin with one: every member has the same ones, so a new node asks all of them at once. A snapshot is
/// a reference to an immutable state tree and costs nothing to take; a few are kept, so that a slow reader is not left in the middle. Not safe for concurrent calls.
/// </summary>
public sealed class SnapshotShelf
{
    /// <summary>Snapshots kept.</summary>
    public const int MaximumSnapshots = 3;

    private readonly List<(SnapshotProof Proof, StateTree Tree)> _snapshots = [];
    private Candidate? _candidate;

    /// <summary>The newest snapshot's proof; null while there is none.</summary>
    public SnapshotProof? Newest => _snapshots.Count > 0 ? _snapshots[^1].Proof : null;

    /// <summary>A block was committed: perhaps one to take a snapshot of, perhaps the one whose finalization proves the last one.</summary>
    /// <param name="before">The chain before it.</param>
    /// <param name="head">The chain with it.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="finalization">Its own finalization; null when it is final through a descendant's.</param>
    public void Follow(FinalizedHead before, FinalizedHead head, BlockPayload payload, Certificate? finalization)
    {
        if (_candidate is { } waiting)
        {
            waiting.Following.Add(head.Header!);
            if (finalization is not null)
            {
                Keep(waiting, finalization);
                _candidate = null;
            }
            else if (waiting.Following.Count == SnapshotProof.MaxFollowing)
            {
                _candidate = null;
            }
        }

        // The block after genesis has no parent with a header.
        if (before.Header is { } parent && CheckpointRule.IsDue(before.Timestamp, head.Timestamp, head.State.Parameters))
        {
            _candidate = new Candidate(parent, head, payload);
        }
    }

    /// <summary>A part of a snapshot's state; null when that one is not kept.</summary>
    public StateChunk? Read(Height height, StatePrefix prefix, int targetBytes) =>
        _snapshots.Find(snapshot => snapshot.Proof.Height == height).Tree is { } tree ? StateChunk.Read(tree, prefix, targetBytes) : null;

    private void Keep(Candidate taken, Certificate finalization)
    {
        var proof = new SnapshotProof(
            taken.Parent, taken.Head.Header!, taken.Payload, taken.Following, ConsensusMessageCodec.Encode(finalization), taken.Head.Mountains);
        _snapshots.Add((proof, taken.Head.State.Tree));
        if (_snapshots.Count > MaximumSnapshots)
        {
            _snapshots.RemoveAt(0);
        }
    }

    /// <summary>A state waiting for the finalization that proves it.</summary>
    private sealed record Candidate(MicroblockHeader Parent, FinalizedHead Head, BlockPayload Payload)
    {
        public List<MicroblockHeader> Following { get; } = [];
    }
}
