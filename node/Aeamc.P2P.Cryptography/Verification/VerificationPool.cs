using Aeamc.P2P.Cryptography.Ed25519Lanes;
using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.Cryptography.Verification;

/// <summary>
/// A few threads that verify batches of signatures ahead of the consensus loop. Batches are taken up in the order in which they came, every free
/// thread helps with the one in front, and one that finds few claims there takes the next batches' along, for signatures cost less together. None
/// waits for company: a free thread begins with what is there. When too many are pending the caller waits: that is the push-back on whoever feeds it.
/// </summary>
public sealed class VerificationPool : IDisposable
{
    /// <summary>Claims that a thread takes at a time, for Ed25519 well below a millisecond's work: small enough to share out, and passes of eight filled.</summary>
    private const int ShareSize = 2 * Ed25519BatchVerifier.PassSize;

    private readonly SignatureVerdicts _verdicts;
    private readonly VerificationPoolOptions _options;
    private readonly SemaphoreSlim _room;

    // A monitor, whose waiters sleep: a semaphore's spin before they do, which costs a core that a signature could use.
    private readonly object _gate = new();
    private readonly Queue<PendingBatch> _queue = new();
    private readonly Thread[] _threads;
    private bool _stopping;

    public VerificationPool(SignatureVerdicts verdicts, VerificationPoolOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Workers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumPendingBatches, 1);
        _verdicts = verdicts;
        _options = options;
        _room = new SemaphoreSlim(options.MaximumPendingBatches);
        _threads = new Thread[options.Workers];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Run) { IsBackground = true, Name = $"verify-{i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Batches that could be accepted at once.</summary>
    public int Room => _room.CurrentCount;

    /// <summary>The verdict on each claim, in order.</summary>
    /// <exception cref="ArgumentException">More claims than a batch may have.</exception>
    /// <exception cref="OperationCanceledException">Given up by the caller, or the pool was disposed of.</exception>
    public async Task<bool[]> VerifyAsync(IReadOnlyList<SignatureClaim> claims, CancellationToken cancellation = default)
    {
        if (claims.Count > _options.MaximumClaimsPerBatch)
        {
            throw new ArgumentException($"A batch has at most {_options.MaximumClaimsPerBatch} claims, not {claims.Count}.", nameof(claims));
        }

        if (claims.Count == 0)
        {
            return [];
        }

        await _room.WaitAsync(cancellation);
        try
        {
            var batch = new PendingBatch(claims);
            Enqueue(batch);
            using (cancellation.UnsafeRegister(static state => ((PendingBatch)state!).Cancel(), batch))
            {
                return await batch.Completion;
            }
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>Stops the threads after the batch that each is at; batches not taken up are cancelled.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_stopping)
            {
                return;
            }

            _stopping = true;
            while (_queue.TryDequeue(out PendingBatch? batch))
            {
                batch.Cancel();
            }

            Monitor.PulseAll(_gate);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void Enqueue(PendingBatch batch)
    {
        int helpers = Math.Min((batch.Count + ShareSize - 1) / ShareSize, _threads.Length);
        lock (_gate)
        {
            if (_stopping)
            {
                throw new OperationCanceledException("The verification pool has stopped.");
            }

            _queue.Enqueue(batch);
            for (int i = 0; i < helpers; i++)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    private void Run()
    {
        var shares = new List<PendingClaims>();
        var claims = new SignatureClaim[ShareSize];
        var verdicts = new bool[ShareSize];
        while (true)
        {
            lock (_gate)
            {
                while (!_stopping && _queue.Count == 0)
                {
                    Monitor.Wait(_gate);
                }

                if (_stopping)
                {
                    return;
                }

                TakeShares(shares);
            }

            Judge(shares, claims, verdicts);
            shares.Clear();
        }
    }

    /// <summary>Takes claims of the batch in front, filled up from those behind it. The caller holds the gate.</summary>
    private void TakeShares(List<PendingClaims> shares)
    {
        int room = ShareSize;
        while (room > 0 && _queue.TryPeek(out PendingBatch? batch))
        {
            PendingClaims share = batch.Take(room);
            if (share.Count > 0)
            {
                shares.Add(share);
                room -= share.Count;
            }

            if (batch.IsTaken)
            {
                _queue.Dequeue();
            }
        }
    }

    private void Judge(List<PendingClaims> shares, SignatureClaim[] claims, bool[] verdicts)
    {
        try
        {
            int count = 0;
            foreach (PendingClaims share in shares)
            {
                for (int i = 0; i < share.Count; i++)
                {
                    claims[count++] = share.Batch[share.First + i];
                }
            }

            _verdicts.Verify(claims.AsSpan(0, count), verdicts.AsSpan(0, count));
            count = 0;
            foreach (PendingClaims share in shares)
            {
                share.Batch.Finish(share.First, verdicts.AsSpan(count, share.Count));
                count += share.Count;
            }
        }
        catch (Exception cause)
        {
            // Not a bad signature, which is a verdict, but a fault of ours: whoever waits for one of the batches must see it.
            shares.ForEach(share => share.Batch.Fail(cause));
        }
        finally
        {
            Array.Clear(claims);
        }
    }
}
