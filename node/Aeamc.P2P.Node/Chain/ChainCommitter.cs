using System.Collections.Concurrent;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Native.RocksDb;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Node.Ingress;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Chain;

/// <summary>
/// Writes each finalized block in one atomic batch, and tells those who follow the chain once it is on the disk. The chain's thread only writes; a
/// thread of its own syncs, so blocks that come close together share a sync and the next block is not held up by the disk. A block lost between the
/// two comes again: its content, batches and certificate were synced before this node voted.
/// </summary>
public sealed class ChainCommitter : IDisposable
{
    private readonly NodeStore _store;
    private readonly WaitingEntries _waiting;
    private readonly bool _sync;
    private readonly Action<Exception> _onFault;
    /// <summary>Blocks written and not yet synced: when the disk cannot follow, the chain's thread waits for it.</summary>
    private const int MaximumUnsynced = 1_024;

    // A monitor, for its waiter sleeps at once: a blocking collection's would spin before each block.
    private readonly object _gate = new();
    private readonly Queue<FinalizedBlock> _written = [];
    private readonly Thread _publisher;
    private readonly ConcurrentDictionary<string, long> _rejectedProposals = [];
    private bool _closed;
    private FinalizedHead _writtenHead;
    private volatile FinalizedHead _head;

    public ChainCommitter(NodeStore store, WaitingEntries waiting, FinalizedHead head, bool sync, Action<Exception> onFault)
    {
        _store = store;
        _waiting = waiting;
        _writtenHead = head;
        _head = head;
        _sync = sync;
        _onFault = onFault;
        _publisher = new Thread(Publish) { IsBackground = true, Name = "commit" };
        _publisher.Start();
    }

    /// <summary>The chain as of the last block that is on the disk.</summary>
    public FinalizedHead Head => _head;

    /// <summary>Proposals this node did not vote for, by reason.</summary>
    public IReadOnlyDictionary<string, long> RejectedProposals => _rejectedProposals;

    /// <summary>A block is final and on the disk. Handlers run in order on the committer's thread: they must be quick and must not throw.</summary>
    public event Action<FinalizedBlock>? Committed;

    /// <summary>A member's misconduct was proven.</summary>
    public event Action<EquivocationEvidence>? EvidenceFound;

    /// <summary>What the chain knows of a view's proposal has changed (<see cref="ViewDetail"/>).</summary>
    public event Action<View, string>? ViewNoted;

    internal void ReportEvidence(EquivocationEvidence evidence) => EvidenceFound?.Invoke(evidence);

    internal void NoteView(View view, string detail) => ViewNoted?.Invoke(view, detail);

    internal void CountProposal(HeaderFault fault)
    {
        if (fault != HeaderFault.None)
        {
            _rejectedProposals.AddOrUpdate(ViewDetail.Of(fault), 1, static (_, count) => count + 1);
        }
    }

    /// <summary>Writes an executed child of the head.</summary>
    internal void Commit(ChainBlock parent, ChainBlock block, Certificate? finalization, bool live)
    {
        ExecutedBlock executed = block.Executed!;
        BlockResult result = executed.Result!;
        Invariant.Check(block.Ref.ParentHash == parent.Ref.Hash && _writtenHead.Hash == parent.Ref.Hash);
        _store.CommitBlock(
            new BlockCommit
            {
                Height = block.Ref.Height,
                Hash = block.Ref.Hash,
                Header = block.Content!.Header.ToArray(),
                Payload = block.Content.Payload.Encoded,
                Uses = block.Content.Payload.BatchHashes,
                Finalization = finalization is null ? default : ConsensusMessageCodec.Encode(finalization),
                State = StateWrites(parent, block, result),
                Receipts = Receipts(block.Ref.Height, result),
                NoLongerWaiting = [.. result.Outcomes.Where(outcome => _waiting.Contains(outcome.EntryId)).Select(outcome => outcome.EntryId)],
                // Genesis has no commit of its own: its leaf is kept with the first block.
                Mountains = block.Ref.Height.Value == 1 ? [.. parent.Executed!.NewNodes, .. executed.NewNodes] : executed.NewNodes,
            },
            WriteDurability.Buffered);
        FinalizedHead before = _writtenHead;
        _writtenHead = new FinalizedHead(block.Ref.Height, block.Ref.Hash, block.Timestamp, block.Content.Header, executed.State, executed.Mountains);
        lock (_gate)
        {
            while (_written.Count >= MaximumUnsynced && !_closed)
            {
                Monitor.Wait(_gate);
            }

            _written.Enqueue(new FinalizedBlock(block, before, _writtenHead, finalization, live));
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Syncs and publishes what is written, and stops.</summary>
    public void Dispose()
    {
        Close();
        _publisher.Join();
    }

    private void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Publish()
    {
        try
        {
            var group = new List<FinalizedBlock>();
            while (TryTake(group))
            {
                if (_sync)
                {
                    _store.Sync();
                }

                group.ForEach(Publish);
                group.Clear();
            }
        }
        catch (Exception fault)
        {
            // Whoever waits for room must not wait for ever.
            Close();
            _onFault(fault);
        }
    }

    /// <summary>Waits for written blocks and takes all of them; false when closed and none is left.</summary>
    private bool TryTake(List<FinalizedBlock> group)
    {
        lock (_gate)
        {
            while (_written.Count == 0 && !_closed)
            {
                Monitor.Wait(_gate);
            }

            while (_written.TryDequeue(out FinalizedBlock? block))
            {
                group.Add(block);
            }

            Monitor.PulseAll(_gate);
            return group.Count > 0;
        }
    }

    private void Publish(FinalizedBlock block)
    {
        _head = block.Head;
        foreach (EntryOutcome outcome in block.Block.Executed!.Result!.Outcomes)
        {
            _waiting.Settle(outcome.EntryId);
        }

        Committed?.Invoke(block);
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
            bool first = seen.Add(outcome.EntryId) && (outcome.Status != EntryStatus.Refused || _store.GetReceipt(outcome.EntryId) is null);
            if (first)
            {
                writes.Add(new ReceiptWrite(outcome.EntryId, (uint)i, (ushort)outcome.Code));
            }
        }

        foreach (HeldSettlement held in result.HeldSettled)
        {
            if (_store.GetReceipt(held.EntryId) is { } receipt)
            {
                RefusalCode code = held.Counted ? RefusalCode.None : RefusalCode.LeaseExpired;
                writes.Add(new ReceiptWrite(held.EntryId, receipt.Index, (ushort)code) { At = receipt.Height });
            }
        }

        return writes;
    }
}
