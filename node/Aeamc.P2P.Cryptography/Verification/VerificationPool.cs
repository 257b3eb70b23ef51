using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.Cryptography.Verification;

/// <summary>
/// A few threads that verify batches of signatures ahead of the consensus loop. Batches are taken up in the order in which they came, and every
/// free thread helps with the one in front. When too many are pending the caller waits: that is the push-back on whoever feeds it.
/// </summary>
public sealed class VerificationPool : IDisposable
{
    private readonly SignatureVerdicts _verdicts;
    private readonly VerificationPoolOptions _options;
    private readonly SemaphoreSlim _room;
    private readonly SemaphoreSlim _work = new(0);
    private readonly Lock _gate = new();
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
        }

        _work.Release(_threads.Length);
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _work.Dispose();
    }

    private void Enqueue(PendingBatch batch)
    {
        int helpers = Math.Min(batch.Chunks, _threads.Length);
        lock (_gate)
        {
            if (_stopping)
            {
                throw new OperationCanceledException("The verification pool has stopped.");
            }

            for (int i = 0; i < helpers; i++)
            {
                _queue.Enqueue(batch);
            }

            _work.Release(helpers);
        }
    }

    private void Run()
    {
        while (true)
        {
            _work.Wait();
            PendingBatch? batch;
            lock (_gate)
            {
                if (_stopping)
                {
                    return;
                }

                batch = _queue.Dequeue();
            }

            try
            {
                batch.Work(_verdicts);
            }
            catch (Exception cause)
            {
                // Not a bad signature, which is a verdict, but a fault of ours: whoever waits for the batch must see it.
                batch.Fail(cause);
            }
        }
    }
}
