using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Chain;

/// <summary>
/// Keeps the disk within its budget: after a commit, on the chain's thread, a little at a time. On that thread nothing can be voted for or committed between
/// looking whether a batch is still wanted and dropping it.
/// </summary>
/// <param name="store">What is kept.</param>
/// <param name="context">How entries are read.</param>
/// <param name="budgetBytes">How large the store may grow; 0 keeps everything.</param>
/// <param name="keepFrom">The lowest height that others may still ask for, besides the newest blocks; null when there is none.</param>
/// <param name="onPruned">Told when a round of pruning is over: the first height kept and the bytes of the store.</param>
/// <param name="onFault">Told when giving space back failed.</param>
public sealed class ChainHousekeeping(
    NodeStore store, ChainContext context, long budgetBytes, Func<Height?> keepFrom, Action<Height, long> onPruned, Action<Exception> onFault)
{
    /// <summary>The newest blocks are never pruned: peers that were away for a moment ask for them, and after a restart so does this node.</summary>
    public const ulong KeptBlocks = 1_024;

    /// <summary>A batch that has not entered a block for so many blocks is collected, unless the pool still has it.</summary>
    public const ulong LooseBlocks = 2_048;

    private const ulong LookEvery = 64;
    private const int SliceBlocks = 32;
    private const int SliceBytes = 1 << 20;
    private const int SliceLoose = 256;

    private readonly HashSet<Height> _pinned = [];
    private long _excess;
    private long _dropped;
    private int _compacting;

    /// <summary>A block was committed.</summary>
    public void AfterCommit(ChainBlock head, Func<Hash256, bool> isPooled)
    {
        ulong height = head.Ref.Height.Value;
        if (height % LookEvery == 0)
        {
            if (height > LooseBlocks)
            {
                store.Pruning.CollectLoose(new Height(height - LooseBlocks), isPooled, SliceLoose);
            }

            Measure(head);
        }

        if (_excess > 0)
        {
            Prune(head.Ref.Height, isPooled);
        }
    }

    private void Measure(ChainBlock head)
    {
        if (budgetBytes == 0 || _excess > 0 || Volatile.Read(ref _compacting) != 0 || store.Pruning.Bytes() is var bytes && bytes <= budgetBytes)
        {
            return;
        }

        // A tenth more than needed, or the next look would find the same again.
        _excess = bytes - (budgetBytes / 10 * 9);
        _pinned.Clear();
        _pinned.UnionWith(head.Executed!.State.DkgMessages().Select(message => message.Height));
    }

    private void Prune(Height head, Func<Hash256, bool> isPooled)
    {
        ulong limit = head.Value > KeptBlocks ? head.Value - KeptBlocks : 0;
        limit = Math.Min(limit, keepFrom()?.Value ?? limit);
        var slice = new List<PrunedBlock>();
        long bytes = 0;
        bool stuck = false;
        ulong height = store.First.Value;
        for (; height < limit && slice.Count < SliceBlocks && bytes < SliceBytes && bytes < _excess; height++)
        {
            if (Read(new Height(height), isPooled, ref bytes) is not { } block)
            {
                stuck = true;
                break;
            }

            slice.Add(block);
        }

        store.Pruning.Prune(slice);
        _excess -= bytes;
        _dropped += bytes;
        if (_excess <= 0 || height >= limit || stuck)
        {
            _excess = 0;

            // Where the budget cannot be met a few blocks go at a time: not each time are files rewritten for them.
            if (_dropped > budgetBytes / 20)
            {
                _dropped = 0;
                Compact();
            }
        }
    }

    private PrunedBlock? Read(Height height, Func<Hash256, bool> isPooled, ref long bytes)
    {
        StoredBlock? stored = store.GetBlock(height);
        Invariant.Check(stored is not null);
        Invariant.Check(BlockPayload.TryDecode(stored.Payload, out BlockPayload? payload));
        bytes += stored.Header.Length + stored.Payload.Length + stored.Finalization.Length;
        var entries = new List<Hash256>();
        foreach (Hash256 hash in payload.BatchHashes)
        {
            if (isPooled(hash))
            {
                // Proposed a second time, and being voted on: its old block waits.
                return null;
            }

            if (store.GetBatch(hash) is { } batchBytes && Batch.TryDecode(batchBytes, out Batch? batch) && BatchEntries.Decode(context, batch) is { } decoded)
            {
                bytes += batchBytes.Length;
                entries.AddRange(decoded.Select(entry => entry.Entry.Id));
            }
        }

        return new PrunedBlock(height, Hash256.Of(stored.Header), payload.BatchHashes, entries, _pinned.Contains(height));
    }

    private void Compact()
    {
        if (Interlocked.Exchange(ref _compacting, 1) == 0)
        {
            // Beside the chain: rewriting files takes seconds.
            _ = Task.Run(() =>
            {
                try
                {
                    store.Pruning.Compact();
                    onPruned(store.First, store.Pruning.Bytes());
                }
                catch (ObjectDisposedException)
                {
                    // The node has stopped.
                }
                catch (Exception fault)
                {
                    onFault(fault);
                }
                finally
                {
                    Volatile.Write(ref _compacting, 0);
                }
            });
        }
    }
}
