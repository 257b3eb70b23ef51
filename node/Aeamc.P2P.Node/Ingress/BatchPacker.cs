using System.Diagnostics;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Ingress;

/// <summary>
/// Packs acknowledged entries into signed batches: at once when the last batch is old enough, else when <c>maximumDelay</c> has passed or a
/// batch is full. A lone entry therefore waits for nobody, and a flood is packed tightly. It has a thread of its own because the system's
/// timers tick too coarsely for delays of a few milliseconds.
/// </summary>
public sealed class BatchPacker : IDisposable
{
    /// <summary>A little under the cap, so that the frames of the entries always fit.</summary>
    private const int TargetBytes = Batch.MaxBodySize - 4096;

    private readonly Ed25519PrivateKey _key;
    private readonly Hash256 _networkId;
    private readonly uint _clusterId;
    private readonly TimeSpan _maximumDelay;
    private readonly Action<Batch> _emit;
    private readonly Action<Exception> _onFault;
    private readonly Lock _gate = new();
    private readonly Thread _thread;
    private readonly AutoResetEvent _wake = new(false);
    private readonly AutoResetEvent _hurry = new(false);
    private readonly Queue<BatchEntry> _waiting = new();
    private ulong _sequence;
    private volatile bool _stopping;

    /// <param name="key">The author's key.</param>
    /// <param name="networkId">The network that the batches are for.</param>
    /// <param name="clusterId">The cluster that the batches are for.</param>
    /// <param name="firstSequence">Above every sequence used before; the clock in microseconds serves across restarts.</param>
    /// <param name="maximumDelay">How long an entry may wait for company.</param>
    /// <param name="emit">Takes each batch, on the packer's thread.</param>
    /// <param name="onFault">Called once when a batch could not be taken, as when the disk is full; nothing is packed any more.</param>
    public BatchPacker(
        Ed25519PrivateKey key, Hash256 networkId, uint clusterId, ulong firstSequence, TimeSpan maximumDelay, Action<Batch> emit, Action<Exception> onFault)
    {
        _key = key;
        _networkId = networkId;
        _clusterId = clusterId;
        _sequence = firstSequence;
        _maximumDelay = maximumDelay;
        _emit = emit;
        _onFault = onFault;
        _thread = new Thread(Run) { IsBackground = true, Name = "batch packer" };
        _thread.Start();
    }

    /// <summary>Queues an entry that is already durable. The mempool's cap bounds the queue.</summary>
    public void Add(BatchEntry entry)
    {
        bool full;
        lock (_gate)
        {
            _waiting.Enqueue(entry);
            full = _waiting.Count >= Batch.MaxEntries / 2;
        }

        _wake.Set();
        if (full)
        {
            _hurry.Set();
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _hurry.Set();
        _thread.Join();
        _wake.Dispose();
        _hurry.Dispose();
    }

    private void Run()
    {
        try
        {
            long lastPacked = 0;
            while (!_stopping)
            {
                _wake.WaitOne();
                TimeSpan since = Stopwatch.GetElapsedTime(lastPacked);
                if (since < _maximumDelay && !IsFull())
                {
                    _hurry.WaitOne(_maximumDelay - since);
                }

                lastPacked = Stopwatch.GetTimestamp();
                while (!_stopping && TakeEntries() is { Count: > 0 } entries)
                {
                    Emit(entries);
                }
            }
        }
        catch (Exception fault)
        {
            // What was acknowledged is in the mempool's store: the next run packs it.
            _onFault(fault);
        }
    }

    private bool IsFull()
    {
        lock (_gate)
        {
            return _waiting.Count >= Batch.MaxEntries / 2;
        }
    }

    private List<BatchEntry> TakeEntries()
    {
        var entries = new List<BatchEntry>();
        int bytes = 0;
        lock (_gate)
        {
            while (entries.Count < Batch.MaxEntries && _waiting.TryPeek(out BatchEntry next))
            {
                // 8 bytes: the array, kind and length codes around an entry.
                int size = next.Bytes.Length + 8;
                if (entries.Count > 0 && bytes + size > TargetBytes)
                {
                    break;
                }

                bytes += size;
                entries.Add(_waiting.Dequeue());
            }
        }

        return entries;
    }

    private void Emit(List<BatchEntry> entries)
    {
        var body = new BatchBody(_key.PublicKey, _sequence++, entries);
        Span<byte> signed = stackalloc byte[Hash256.Size];
        body.SigningHash(_networkId, _clusterId).CopyTo(signed);
        Span<byte> signature = stackalloc byte[Batch.SignatureSize];
        _key.Sign(signed, signature);
        _emit(body.Seal(signature));
    }
}
