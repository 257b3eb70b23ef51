using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Chain;

/// <summary>
/// Builds this node's proposals: at once when batches wait, but not closer to its last one than the pace's minimum, and an empty block when
/// the idle interval is over. Owned by the chain's thread.
/// </summary>
public sealed class BlockBuilder(ChainContext context, Ed25519PrivateKey key, NodeIndex self, BlockPace pace, TimeProvider time)
{
    /// <summary>How long before a block is due its beacon is proven: proving takes well below a millisecond, and that should not be a part of the block's way.</summary>
    private static readonly TimeSpan ProvingAhead = TimeSpan.FromMilliseconds(20);

    private long _askedAt;
    private BeaconProof? _beacon;

    /// <summary>The proposal the core waits for, if any.</summary>
    public BuildRequest? Asked { get; private set; }

    /// <summary>The core asks for a block.</summary>
    public void Ask(View view, BlockRef parent)
    {
        Asked = new BuildRequest(view, parent);
        _beacon = null;
        _askedAt = time.GetTimestamp();
    }

    /// <summary>The core has moved on to <paramref name="view"/>.</summary>
    public void Withdraw(View view)
    {
        if (Asked is { } asked && asked.View < view)
        {
            Asked = null;
        }
    }

    /// <summary>Builds on an executed parent, or says how long to wait.</summary>
    /// <param name="parent">The block that was asked for.</param>
    /// <param name="pool">Where batches wait.</param>
    /// <param name="held">Batches of the parent and its unfinalized ancestors.</param>
    /// <param name="wait">Time until it is worth trying again; something arriving may be sooner.</param>
    public BlockContent? TryBuild(ChainBlock parent, BatchPool pool, HashSet<Hash256> held, out TimeSpan wait)
    {
        var hashes = new List<Hash256>();
        var entries = new List<BlockEntry>();
        int bytes = 0;
        int evidence = 0;
        foreach (PooledBatch batch in pool.InOrder)
        {
            if (batch.Verdict == BatchVerdict.Valid && !held.Contains(batch.Batch.Hash))
            {
                evidence += BlockRules.EvidenceIn(batch.Entries);
                if (evidence > EvidenceRules.MaximumPerBlock)
                {
                    break;
                }

                bytes += batch.Batch.Encoded.Length;
                if (entries.Count + batch.Entries.Count > ChainContext.MaximumEntries || bytes > ChainContext.MaximumBatchBytes || hashes.Count == BlockPayload.MaxBatches)
                {
                    break;
                }

                hashes.Add(batch.Batch.Hash);
                entries.AddRange(batch.Entries);
            }
        }

        TimeSpan sinceAsked = time.GetElapsedTime(_askedAt);
        ulong now = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds();
        TimeSpan sinceParent = TimeSpan.FromMilliseconds(Math.Min(new Timestamp(now).Since(parent.Timestamp), (ulong)pace.IdleInterval.TotalMilliseconds));
        wait = entries.Count > 0 ? pace.MinimumInterval - sinceParent : pace.IdleInterval - TimeSpan.FromTicks(Math.Max(sinceAsked.Ticks, sinceParent.Ticks));
        View view = Asked!.View;
        if (wait > ProvingAhead)
        {
            wait -= ProvingAhead;
            return null;
        }

        _beacon ??= new BeaconProof(Ecvrf.Prove(key, BeaconAlpha.Of(parent.BeaconHash, context.Epoch, view)));
        if (wait > TimeSpan.Zero)
        {
            return null;
        }

        Asked = null;
        return BlockAssembly.Assemble(context, parent, view, self, new Timestamp(now), hashes, entries, _beacon.Value);
    }
}

/// <summary>A proposal that the core waits for.</summary>
public sealed record BuildRequest(View View, BlockRef Parent);

/// <summary>How fast blocks follow each other.</summary>
/// <param name="MinimumInterval">The least chain time between two blocks with entries.</param>
/// <param name="IdleInterval">How long a leader without entries waits before it proposes an empty block.</param>
public sealed record BlockPace(TimeSpan MinimumInterval, TimeSpan IdleInterval);
