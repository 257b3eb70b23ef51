using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Application;

/// <summary>Blocks of 75 bytes that carry nothing: consensus alone.</summary>
public sealed class BareBlocks(Simulation simulation, SimulatedNode node) : NodeBlocks(node)
{
    public override bool TryRead(ReadOnlySpan<byte> content, out BlockLink link)
    {
        bool read = SimulatedBlock.TryDecode(content, out BlockRef block);
        link = new BlockLink(block.Hash, block.Height, block.View, block.ParentHash);
        return read;
    }

    public override byte[] Make(in BlockRef parent, View view, BlockFlaw flaw, ulong salt)
    {
        long after = Node.Disk.Contents.TryGetValue(parent.Hash, out byte[]? below) ? SimulatedBlock.TimestampOf(below) + 1 : 0;
        return SimulatedBlock.Encode(parent, view, Node.Index, flaw, Math.Max(Node.WallClock, after), salt);
    }

    public override void WhenBuildable(BlockRef parent, Action then) => then();

    public override void Verify(Proposal proposal, Action<bool> decided)
    {
        ReadOnlySpan<byte> content = proposal.Content.Span;
        long timestamp = SimulatedBlock.TimestampOf(content);
        bool timely = timestamp <= Node.WallClock + (simulation.Options.ClockTolerance * 1000L)
            && (!Node.Disk.Contents.TryGetValue(proposal.Block.ParentHash, out byte[]? below) || timestamp > SimulatedBlock.TimestampOf(below));
        decided(timely && Accepts(content, [BlockFlaw.Invalid]));
    }

    public override void Certify(Certificate notarization, Action<bool> decided) => Await(() =>
    {
        if (Node.Core!.LastFinalized.View >= notarization.View)
        {
            // Rule 6: nobody waits for it any more.
            return true;
        }

        if (!Node.Disk.Contents.TryGetValue(notarization.Block.Hash, out byte[]? content))
        {
            Node.Want(notarization.Block.Hash);
            return false;
        }

        decided(Accepts(content, [BlockFlaw.Uncertifiable, BlockFlaw.FalseBeacon]));
        return true;
    });

    public override bool TryCommit(BlockRef block, Certificate? finalization) => true;

    private bool Accepts(ReadOnlySpan<byte> content, ReadOnlySpan<BlockFlaw> against) => Node.IsLax || !against.Contains(SimulatedBlock.FlawOf(content));
}
