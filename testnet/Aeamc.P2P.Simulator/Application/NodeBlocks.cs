using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Application;

/// <summary>What blocks are made of at one node: builds, judges and commits them. What cannot be answered yet waits, and is tried again whenever something has come.</summary>
public abstract class NodeBlocks(SimulatedNode node)
{
    private readonly List<Func<bool>> _waiting = [];

    /// <summary>The node that it belongs to.</summary>
    protected SimulatedNode Node => node;

    /// <summary>The place of a block with these bytes; false when they are none.</summary>
    public abstract bool TryRead(ReadOnlySpan<byte> content, out BlockLink link);

    /// <summary>Makes a block on a parent, which an honest node knows to be good; a flaw or an unknown parent makes it a bad one.</summary>
    /// <param name="parent">The block below.</param>
    /// <param name="view">The view that it is proposed in.</param>
    /// <param name="flaw">What is to be wrong with it.</param>
    /// <param name="salt">Two blocks of different parity differ.</param>
    public abstract byte[] Make(in BlockRef parent, View view, BlockFlaw flaw, ulong salt);

    /// <summary>Goes on once a block can be built on this one.</summary>
    public abstract void WhenBuildable(BlockRef parent, Action then);

    /// <summary>Rule 3: header and availability.</summary>
    public abstract void Verify(Proposal proposal, Action<bool> decided);

    /// <summary>Rule 5: everything, signatures too. The content may be missing still.</summary>
    public abstract void Certify(Certificate notarization, Action<bool> decided);

    /// <summary>Commits the block after the tip, whose content is here; false while something else is missing.</summary>
    /// <param name="block">The block.</param>
    /// <param name="finalization">Its own finalization; null when it is final through a descendant's.</param>
    public abstract bool TryCommit(BlockRef block, Certificate? finalization);

    /// <summary>After a start: what was on the disk is all there is.</summary>
    public virtual void Start()
    {
    }

    /// <summary>Loses memory.</summary>
    public virtual void Crash() => _waiting.Clear();

    /// <summary>The core has found two votes of one member that exclude each other.</summary>
    public virtual void Report(EquivocationEvidence evidence)
    {
    }

    /// <summary>A batch came from a peer.</summary>
    public virtual void Receive(Envelope envelope)
    {
    }

    /// <summary>Batches of a block that a quorum finalized.</summary>
    public virtual void Keep(IReadOnlyList<Batch> batches)
    {
    }

    /// <summary>Gets finalized blocks from peers.</summary>
    public virtual void FetchRange(Height from, Height through, IReadOnlyList<NodeIndex> likely)
    {
    }

    /// <summary>The answer to a peer's question; null to refuse.</summary>
    public virtual byte[]? Serve(RequestKind kind, NodeIndex from, byte[] request) => null;

    /// <summary>A peer has spread a signed checkpoint.</summary>
    public virtual void ReceiveCheckpoint(ReadOnlyMemory<byte> bytes)
    {
    }

    /// <summary>Other blobs than block contents that peers may ask for.</summary>
    public virtual byte[]? Find(Hash256 hash) => null;

    /// <summary>Tries what waits until nothing moves any more.</summary>
    public void Retry()
    {
        for (bool moved = true; moved;)
        {
            moved = false;
            foreach (Func<bool> attempt in _waiting.ToArray())
            {
                if (attempt())
                {
                    _waiting.Remove(attempt);
                    moved = true;
                }

                if (node.Core is null)
                {
                    return;
                }
            }
        }
    }

    /// <summary>Tries now, and later again until it succeeds.</summary>
    protected void Await(Func<bool> attempt)
    {
        if (!attempt() && node.Core is not null)
        {
            _waiting.Add(attempt);
        }
    }
}
