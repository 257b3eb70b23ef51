using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>What makes a header valid on its parent, for builder and checker alike (microblock.md, "Header").</summary>
public static class BlockRules
{
    private static ReadOnlySpan<byte> BeaconDomain => "aeamc/v2/beacon-output/"u8;

    /// <summary>Checks everything that does not need the entries. The parent must be executed.</summary>
    public static HeaderFault Check(ChainContext context, MicroblockHeader header, ChainBlock parent)
    {
        HeaderFault fault = CheckWithoutBeacon(context, header, parent);
        return fault == HeaderFault.None && !CheckBeacon(context, header, parent.BeaconHash) ? HeaderFault.WrongBeacon : fault;
    }

    /// <summary>The same but for the beacon proof: all that decides the state. For a vote, which does not wait for the proof (ADR 0028), and for a block that a quorum has finalized.</summary>
    public static HeaderFault CheckWithoutBeacon(ChainContext context, MicroblockHeader header, ChainBlock parent)
    {
        ExecutedBlock executed = parent.Executed!;
        if (header.ClusterId != context.Genesis.ClusterId || header.Epoch != context.Epoch || header.Height != parent.Ref.Height.Next
            || header.PreviousHash != parent.Ref.Hash || header.View <= parent.Ref.View)
        {
            return HeaderFault.WrongPlace;
        }

        if (header.Proposer != context.Leaders.LeaderOf(header.View))
        {
            return HeaderFault.WrongProposer;
        }

        if (header.Timestamp <= parent.Timestamp)
        {
            return HeaderFault.TimestampNotAfterParent;
        }

        if (header.ParametersHash != executed.State.Parameters.Hash())
        {
            return HeaderFault.WrongParameters;
        }

        if (header.StateRoot != executed.State.Root)
        {
            return HeaderFault.WrongStateRoot;
        }

        if (header.ChainRoot != executed.Mountains.Root)
        {
            return HeaderFault.WrongChainRoot;
        }

        return HeaderFault.None;
    }

    /// <summary>Checks the proposer's VRF proof over the parent's beacon (<see cref="BeaconHashOf"/>).</summary>
    private static bool CheckBeacon(ChainContext context, MicroblockHeader header, Hash256 parentBeacon)
    {
        byte[] alpha = BeaconAlpha.Of(parentBeacon, header.Epoch, header.View);
        return context.Beacon.Verify(context.Committee[header.Proposer], alpha, header.Beacon);
    }

    /// <summary>
    /// What the next proposer's alpha is made of: SHA-256("aeamc/v2/beacon-output/" || Gamma). Gamma, the proof's first 32 bytes, is the one part of
    /// a valid proof that the prover cannot choose.
    /// </summary>
    public static Hash256 BeaconHashOf(MicroblockHeader header)
    {
        Span<byte> input = stackalloc byte[BeaconDomain.Length + 32];
        BeaconDomain.CopyTo(input);
        header.Beacon.ToArray().AsSpan(0, 32).CopyTo(input[BeaconDomain.Length..]);
        return Hash256.Of(input);
    }

    /// <summary>Checks what the header says of the entries, and that no more of them are evidence than a block may hold.</summary>
    public static HeaderFault CheckEntries(MicroblockHeader header, IReadOnlyList<BlockEntry> entries) =>
        header.EntriesRoot != EntriesRootOf(entries) || header.ReceiptCount != ReceiptsIn(entries) ? HeaderFault.WrongEntries
        : EvidenceIn(entries) > EvidenceRules.MaximumPerBlock ? HeaderFault.TooMuchEvidence
        : HeaderFault.None;

    /// <summary>How many of the entries are reports of equivocation.</summary>
    public static int EvidenceIn(IEnumerable<BlockEntry> entries) => entries.Count(entry => entry.Entry.Kind == EntryKind.EquivocationEvidence);

    /// <summary>RFC 6962 root over the entries.</summary>
    public static Hash256 EntriesRootOf(IReadOnlyList<BlockEntry> entries) => EntriesRoot.Of(ToBatchEntries(entries));

    /// <summary>How many of the entries are proofs of task.</summary>
    public static ushort ReceiptsIn(IReadOnlyList<BlockEntry> entries)
    {
        int count = 0;
        foreach (BlockEntry entry in entries)
        {
            count += entry.Entry.Kind.IsProof() ? 1 : 0;
        }

        return checked((ushort)count);
    }

    /// <summary>The entries as consensus sees them.</summary>
    public static BatchEntry[] ToBatchEntries(IReadOnlyList<BlockEntry> entries)
    {
        var plain = new BatchEntry[entries.Count];
        for (int i = 0; i < plain.Length; i++)
        {
            plain[i] = new BatchEntry((byte)entries[i].Entry.Kind, entries[i].Entry.Entry.Bytes);
        }

        return plain;
    }

    /// <summary>Executes a block on its executed parent. Never fails: what the ledger refuses is an outcome.</summary>
    public static ExecutedBlock Execute(ChainContext context, MicroblockHeader header, Hash256 hash, ExecutedBlock parent, IReadOnlyList<BlockEntry> entries)
    {
        BlockResult result = context.Ledger.Apply(parent.State, new BlockContext(header.Height, header.Timestamp, header.PreviousHash) { View = header.View }, entries);
        var nodes = new List<MountainNode>(2);
        MerkleMountainRange mountains = parent.Mountains.Append(hash, nodes);
        return new ExecutedBlock(entries, result, result.State, mountains, nodes);
    }
}
