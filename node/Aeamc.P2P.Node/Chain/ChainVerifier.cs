using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Native.RocksDb;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Chain;

/// <summary>What a walk over a stored chain found.</summary>
/// <param name="From">The first block looked at: 1, or the floor of a pruned store.</param>
/// <param name="To">The last sound block.</param>
/// <param name="Blocks">Sound blocks.</param>
/// <param name="Certificates">Finalizations of a quorum that verified.</param>
/// <param name="Unproven">Blocks at the end that no stored finalization covers yet: after a crash the consensus log has it.</param>
/// <param name="Executed">Whether every block was executed from genesis on and its state root compared.</param>
/// <param name="StateRoot">Root of the stored state.</param>
/// <param name="Fault">The first thing that is wrong; null when all is sound.</param>
public sealed record ChainVerification(
    Height From, Height To, ulong Blocks, ulong Certificates, ulong Unproven, bool Executed, Hash256 StateRoot, ChainFault? Fault);

/// <summary>A stored block or state that is not right.</summary>
public sealed record ChainFault(Height Height, string What);

/// <summary>
/// Checks everything that a node's database says of itself: hashes and links, payloads, batches, entries, receipts, certificates, mountain range, and, in a store
/// that has the chain from genesis, the execution of every block up to the stored state's root. Trusts nothing but the genesis document.
/// </summary>
public sealed class ChainVerifier(NodeStore store, ChainContext context, MessageVerifier certificates)
{
    private ulong _certificates;
    private Height _proven;

    /// <summary>Walks the whole store.</summary>
    /// <param name="genesis">The genesis block, executed.</param>
    /// <param name="progress">Told every height that is done.</param>
    public ChainVerification Verify(ChainBlock genesis, Action<Height>? progress = null)
    {
        if (store.Head is not { } head)
        {
            return new ChainVerification(Height.Zero, Height.Zero, 0, 0, 0, true, genesis.Executed!.State.Root, null);
        }

        Height floor = store.First;
        bool execute = floor.Value == 1;
        Height at = floor;
        ulong sound = 0;
        string? fault = null;
        Walked walked = default;
        try
        {
            walked = execute ? new Walked(genesis.Ref, genesis.Timestamp, genesis.Executed!.Mountains, genesis) : Below(floor);
            for (; fault is null && at <= head.Height; at = at.Next)
            {
                fault = Step(ref walked, at);
                if (fault is null)
                {
                    sound++;
                    progress?.Invoke(at);
                }
            }

            if (fault is null)
            {
                at = head.Height;
                fault = CheckEnd(walked, head, out Hash256 root);
                return new ChainVerification(
                    floor, head.Height, sound, _certificates, head.Height.Value - Math.Max(_proven.Value, floor.Value - 1), execute, root, fault is null ? null : new ChainFault(at, fault));
            }

            at = new Height(at.Value - 1);
        }
        catch (Exception broken) when (broken is RocksDbException or InvariantException)
        {
            fault = broken.Message;
        }

        return new ChainVerification(
            floor, sound == 0 ? Height.Zero : new Height(floor.Value + sound - 1), sound, _certificates, 0, execute, default, new ChainFault(at, fault));
    }

    /// <summary>What is known below the floor of a pruned store: the mountain range, and nothing of the block itself.</summary>
    private Walked Below(Height floor)
    {
        if (!MerkleMountainRange.TryLoad(store, floor.Value, out MerkleMountainRange mountains))
        {
            throw Invariant.Fail("the mountain range below the first stored block is incomplete");
        }

        return new Walked(default, default, mountains, null);
    }

    /// <summary>Checks one block on what is known of its parent; null when it is sound.</summary>
    private string? Step(ref Walked walked, Height height)
    {
        if (store.GetBlock(height) is not { } stored)
        {
            return "the block is missing";
        }

        if (!MicroblockHeader.TryDecode(stored.Header, out MicroblockHeader? header) || header.Height != height)
        {
            return "its header cannot be read, or is another block's";
        }

        if (!BlockPayload.TryDecode(stored.Payload, out BlockPayload? payload) || payload.Hash != header.PayloadHash)
        {
            return "its payload is not the one that the header names";
        }

        Hash256 hash = header.ComputeHash();
        if (store.FindBlock(hash) != height)
        {
            return "its hash is not in the index of blocks";
        }

        bool first = walked.Block is null && walked.Ref == default;
        if (!first && (header.PreviousHash != walked.Ref.Hash || header.View <= walked.Ref.View || header.Timestamp <= walked.Time))
        {
            return "it does not follow the block before it";
        }

        if (header.ClusterId != context.Genesis.ClusterId || header.Epoch != context.Epoch || header.Proposer != context.Leaders.LeaderOf(header.View))
        {
            return "it is of another network, or not its view's leader's";
        }

        if (header.ChainRoot != walked.Mountains.Root)
        {
            return "its chain root is not that of the blocks before it";
        }

        if (stored.Finalization.Length > 0)
        {
            if (!ConsensusMessageCodec.TryDecode(stored.Finalization, out ConsensusMessage? message)
                || message is not Certificate { Kind: VoteKind.Finalize } certificate || certificate.Block.Hash != hash || certificate.Block.Height != height
                || certificates.Verify(certificate, out _) != VerificationResult.Valid)
            {
                return "its finalization is not a quorum's for this block";
            }

            _certificates++;
            _proven = height;
        }

        if (ReadEntries(payload, out List<BlockEntry> entries) is { } unreadable)
        {
            return unreadable;
        }

        if (BlockRules.CheckEntries(header, entries) != HeaderFault.None)
        {
            return "its entries are not those that the header commits to";
        }

        // Below the floor of a pruned store lie receipts of entries that a later block has once more.
        foreach (BlockEntry entry in walked.Block is null ? [] : entries)
        {
            // An entry that was refused here may have been taken later: the receipt is then that block's.
            if (store.GetReceipt(entry.Entry.Id) is null)
            {
                return $"entry {entry.Entry.Id} has no receipt";
            }
        }

        var reference = new BlockRef(hash, height, header.View, header.PreviousHash, walked.Ref.View);
        ChainBlock? block = null;
        if (walked.Block is { } parent)
        {
            HeaderFault fault = BlockRules.Check(context, header, parent);
            if (fault != HeaderFault.None)
            {
                return fault == HeaderFault.WrongStateRoot ? "its state root is not that of executing the blocks before it" : $"its header is not valid: {fault}";
            }

            block = new ChainBlock(reference, null)
            {
                Timestamp = header.Timestamp,
                BeaconHash = BlockRules.BeaconHashOf(header),
                Executed = BlockRules.Execute(context, header, hash, parent.Executed!, entries),
            };
        }

        walked = new Walked(reference, header.Timestamp, walked.Mountains.Append(hash, []), block);
        return null;
    }

    private string? ReadEntries(BlockPayload payload, out List<BlockEntry> entries)
    {
        entries = [];
        foreach (Hash256 hash in payload.BatchHashes)
        {
            if (store.GetBatch(hash) is not { } bytes)
            {
                return $"batch {hash} is missing";
            }

            if (!Batch.TryDecode(bytes, out Batch? batch) || batch.Hash != hash || BatchEntries.Decode(context, batch) is not { } decoded)
            {
                return $"batch {hash} is not what its hash names";
            }

            entries.AddRange(decoded);
        }

        return null;
    }

    /// <summary>Compares head, mountain range and state with what the blocks led to; null when they agree.</summary>
    private string? CheckEnd(in Walked walked, StoreHead head, out Hash256 root)
    {
        var pairs = new List<(byte[], byte[])>();
        store.VisitState((key, value) => pairs.Add((key.ToArray(), value.ToArray())));
        LedgerState state = LedgerState.Load(pairs);
        root = state.Root;
        // A store made from a snapshot may have no block of its own yet.
        if (walked.Ref != default && head.Hash != walked.Ref.Hash)
        {
            return "the store names another block as its head";
        }

        if (!MerkleMountainRange.TryLoad(store, head.Height.Value + 1, out MerkleMountainRange mountains) || mountains.Root != walked.Mountains.Root)
        {
            return "the stored mountain range is not that of the blocks";
        }

        if (state.Height != head.Height)
        {
            return $"the stored state is that of height {state.Height}";
        }

        if (walked.Block is { } block)
        {
            return block.Executed!.State.Root == state.Root ? null : $"the stored state is not what executing all blocks leads to: {Differences(block.Executed.State, pairs)}";
        }

        return store.GetCheckpoint(head.Height) is { } signed && Signing.CheckpointSigning.Decode(signed) is { } checkpoint && checkpoint.Checkpoint.StateRoot != state.Root
            ? "the stored state is not the one that the committee signed"
            : null;
    }

    private static string Differences(LedgerState executed, List<(byte[] Key, byte[] Value)> stored)
    {
        var wanted = executed.Entries().ToDictionary(entry => Convert.ToHexStringLower(entry.Key.Span), entry => Convert.ToHexStringLower(entry.Value.Span));
        var held = stored.ToDictionary(pair => Convert.ToHexStringLower(pair.Key), pair => Convert.ToHexStringLower(pair.Value));
        List<string> keys =
        [
            .. wanted.Where(pair => !held.TryGetValue(pair.Key, out string? value) || value != pair.Value).Select(pair => pair.Key),
            .. held.Keys.Where(key => !wanted.ContainsKey(key)),
        ];
        return keys.Count == 0
            ? "every pair is the same"
            : $"{keys.Count} of {wanted.Count} pairs, for one {keys[0]}, which is {held.GetValueOrDefault(keys[0]) ?? "missing"} and should be {wanted.GetValueOrDefault(keys[0]) ?? "missing"}";
    }

    /// <param name="Ref">The last block; default before the first one of a pruned store.</param>
    /// <param name="Time">Its time.</param>
    /// <param name="Mountains">The range over all blocks up to it.</param>
    /// <param name="Block">The same, executed; null when the store does not reach down to genesis.</param>
    private readonly record struct Walked(BlockRef Ref, Timestamp Time, MerkleMountainRange Mountains, ChainBlock? Block);
}
