using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Chain;

public class BatchPoolTests
{
    internal static PooledBatch Batch(ulong sequence, int bytes, BatchVerdict verdict = BatchVerdict.Valid)
    {
        var entries = new List<BatchEntry>();
        for (int left = bytes; left > 0; left -= BatchEntry.MaxSize)
        {
            entries.Add(new BatchEntry((byte)EntryKind.DeviceRegistration, new byte[Math.Min(left, BatchEntry.MaxSize)]));
        }

        return new PooledBatch(new BatchBody(new NodeId(Hash256.Of("author"u8).ToArray()), sequence, entries).Seal(new byte[64]), []) { Verdict = verdict };
    }

    [Fact]
    public void Batches_come_out_in_order_of_arrival_and_only_once()
    {
        var pool = new BatchPool();
        PooledBatch[] batches = [Batch(9, 10), Batch(3, 10), Batch(5, 10)];
        Assert.All(batches, batch => Assert.True(pool.TryAdd(batch)));

        Assert.False(pool.TryAdd(Batch(3, 10)));
        pool.Remove(batches[0].Batch.Hash);
        pool.Remove(batches[0].Batch.Hash);

        Assert.Equal([batches[1], batches[2]], pool.InOrder);
        Assert.Equal(2, pool.Count);
    }

    [Fact]
    public void Batches_that_can_never_be_proposed_do_not_shut_out_new_ones()
    {
        var pool = new BatchPool();
        for (ulong i = 0; i < BatchPool.MaximumBatches; i++)
        {
            pool.TryAdd(Batch(i, 10, BatchVerdict.Invalid));
        }

        PooledBatch good = Batch(ulong.MaxValue, 10);

        Assert.True(pool.TryAdd(good));
        Assert.True(pool.TryGet(good.Batch.Hash, out _));
        Assert.Equal(BatchPool.MaximumBatches, pool.Count);
        Assert.Equal(1, pool.Dropped);
    }

    [Fact]
    public void Bytes_are_capped_too()
    {
        var pool = new BatchPool();
        for (ulong i = 0; i < 1_700; i++)
        {
            pool.TryAdd(Batch(i, 60_000));
        }

        Assert.InRange(pool.InOrder.Sum(batch => (long)batch.Batch.Encoded.Length), BatchPool.MaximumBytes - 64_000, BatchPool.MaximumBytes);
        Assert.Equal(1_699ul, pool.InOrder.Last().Batch.Sequence);
    }
}
