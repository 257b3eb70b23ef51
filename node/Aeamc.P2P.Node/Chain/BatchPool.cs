using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Chain;

/// <summary>
/// The batches that may still enter the chain, and those of blocks that are not final. A batch leaves when its block is final, or when the
/// pool is over its cap and the batch has waited longest. Owned by the chain's thread.
/// </summary>
public sealed class BatchPool
{
    /// <summary>At 64 KiB each, half a gibibyte would be far too much: the cap on bytes binds first under load.</summary>
    public const int MaximumBatches = 8_192;

    /// <summary>Bytes held at most.</summary>
    public const long MaximumBytes = 96L * 1024 * 1024;

    private readonly Dictionary<Hash256, PooledBatch> _byHash = [];
    private readonly SortedDictionary<long, PooledBatch> _byArrival = [];
    private long _arrivals;
    private long _bytes;

    /// <summary>How many batches are held.</summary>
    public int Count => _byHash.Count;

    /// <summary>Batches dropped because the pool was full.</summary>
    public long Dropped { get; private set; }

    /// <summary>The batches in order of arrival.</summary>
    public IEnumerable<PooledBatch> InOrder => _byArrival.Values;

    public bool TryGet(Hash256 hash, out PooledBatch? batch) => _byHash.TryGetValue(hash, out batch);

    /// <summary>
    /// Adds a batch; false when it is here already. Room is made by dropping those that have waited longest: batches that can never enter a block
    /// would otherwise fill the pool for good. A block that needs a dropped one finds it in the store.
    /// </summary>
    public bool TryAdd(PooledBatch batch)
    {
        if (_byHash.ContainsKey(batch.Batch.Hash))
        {
            return false;
        }

        while (_byHash.Count >= MaximumBatches || (_byHash.Count > 0 && _bytes + batch.Batch.Encoded.Length > MaximumBytes))
        {
            Remove(_byArrival.First().Value.Batch.Hash);
            Dropped++;
        }

        batch.Arrival = _arrivals++;
        _byHash.Add(batch.Batch.Hash, batch);
        _byArrival.Add(batch.Arrival, batch);
        _bytes += batch.Batch.Encoded.Length;
        return true;
    }

    public void Remove(Hash256 hash)
    {
        if (_byHash.Remove(hash, out PooledBatch? batch))
        {
            _byArrival.Remove(batch.Arrival);
            _bytes -= batch.Batch.Encoded.Length;
        }
    }
}
