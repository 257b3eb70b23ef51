using System.Collections.Concurrent;
using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Ingress;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Native.RocksDb;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Chain;

/// <summary>
/// Makes a finalized block durable in one atomic write and tells those who follow the chain. Called by the chain's thread; what it publishes
/// is immutable and read by any thread.
/// </summary>
public sealed class ChainCommitter(NodeStore store, WaitingEntries waiting, FinalizedHead head, bool sync)
{
    private readonly ConcurrentDictionary<string, long> _rejectedProposals = [];
    private volatile FinalizedHead _head = head;

    /// <summary>The chain as of the last commit.</summary>
    public FinalizedHead Head => _head;

    /// <summary>Proposals this node did not vote for, by reason.</summary>
    public IReadOnlyDictionary<string, long> RejectedProposals => _rejectedProposals;

    /// <summary>Blocks committed since the start.</summary>
    public long Blocks { get; private set; }

    /// <summary>A block was committed. Handlers run on the chain's thread: they must be quick and must not throw.</summary>
    public event Action<FinalizedBlock>? Committed;

    /// <summary>A member's misconduct was proven.</summary>
    public event Action<EquivocationEvidence>? EvidenceFound;

    internal void ReportEvidence(EquivocationEvidence evidence) => EvidenceFound?.Invoke(evidence);

    internal void CountProposal(HeaderFault fault)
    {
        if (fault != HeaderFault.None)
        {
            _rejectedProposals.AddOrUpdate(fault.ToString(), 1, static (_, count) => count + 1);
        }
    }

    /// <summary>Commits an executed child of the head.</summary>
    internal void Commit(ChainBlock parent, ChainBlock block, Certificate? finalization, bool live)
    {
        ExecutedBlock executed = block.Executed!;
        BlockResult result = executed.Result!;
        Invariant.Check(block.Ref.ParentHash == parent.Ref.Hash && _head.Hash == parent.Ref.Hash);
        store.CommitBlock(
            new BlockCommit
            {
                Height = block.Ref.Height,
                Hash = block.Ref.Hash,
                Header = block.Content!.Header.ToArray(),
                Payload = block.Content.Payload.Encoded,
                Finalization = finalization is null ? default : ConsensusMessageCodec.Encode(finalization),
                State = StateWrites(parent, block, result),
                Receipts = Receipts(block.Ref.Height, result),
                NoLongerWaiting = [.. result.Outcomes.Where(outcome => waiting.Contains(outcome.EntryId)).Select(outcome => outcome.EntryId)],
                // Genesis has no commit of its own: its leaf is kept with the first block.
                Mountains = block.Ref.Height.Value == 1 ? [.. parent.Executed!.NewNodes, .. executed.NewNodes] : executed.NewNodes,
            },
            sync ? WriteDurability.Synced : WriteDurability.Buffered);
        FinalizedHead before = _head;
        _head = new FinalizedHead(block.Ref.Height, block.Ref.Hash, block.Timestamp, block.Content.Header, executed.State, executed.Mountains);
        Blocks++;
        foreach (EntryOutcome outcome in result.Outcomes)
        {
            waiting.Settle(outcome.EntryId);
        }

        Committed?.Invoke(new FinalizedBlock(block, before, _head, finalization, live));
    }

    /// <summary>The block's changes; the first block's also bring the genesis state, which has no commit of its own.</summary>
    private static List<StateWrite> StateWrites(ChainBlock parent, ChainBlock block, BlockResult result)
    {
        var writes = new List<StateWrite>(result.Changes.Count);
        if (block.Ref.Height.Value == 1)
        {
            var changed = new HashSet<string>(result.Changes.Select(change => Convert.ToHexString(change.Key)));
            writes.AddRange(parent.Executed!.State.Entries()
                .Where(entry => !changed.Contains(Convert.ToHexString(entry.Key.Span)))
                .Select(entry => new StateWrite(entry.Key, entry.Value)));
        }

        writes.AddRange(result.Changes.Select(change => new StateWrite(change.Key, change.Value)));
        return writes;
    }

    private List<ReceiptWrite> Receipts(Height height, BlockResult result)
    {
        var writes = new List<ReceiptWrite>(result.Outcomes.Count);
        var seen = new HashSet<Hash256>();
        for (int i = 0; i < result.Outcomes.Count; i++)
        {
            EntryOutcome outcome = result.Outcomes[i];

            // An entry packed twice is refused the second time; its receipt is the first one's.
            bool first = seen.Add(outcome.EntryId) && (outcome.Status != EntryStatus.Refused || store.GetReceipt(outcome.EntryId) is null);
            if (first)
            {
                writes.Add(new ReceiptWrite(outcome.EntryId, (uint)i, (ushort)outcome.Code));
            }
        }

        foreach (HeldSettlement held in result.HeldSettled)
        {
            if (store.GetReceipt(held.EntryId) is { } receipt)
            {
                RefusalCode code = held.Counted ? RefusalCode.None : RefusalCode.LeaseExpired;
                writes.Add(new ReceiptWrite(held.EntryId, receipt.Index, (ushort)code) { At = receipt.Height });
            }
        }

        return writes;
    }
}
