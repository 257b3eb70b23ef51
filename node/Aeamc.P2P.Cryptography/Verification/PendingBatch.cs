using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.Cryptography.Verification;

/// <summary>One batch on its way through the pool: workers take chunks of it until none is left, and the last to finish reports.</summary>
internal sealed class PendingBatch(IReadOnlyList<SignatureClaim> claims)
{
    /// <summary>Claims taken at a time, about a millisecond's work: small enough to share out, large enough that sharing costs nothing.</summary>
    public const int ChunkSize = 16;

    private readonly TaskCompletionSource<bool[]> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool[] _verdicts = new bool[claims.Count];
    private int _taken;
    private int _finished;

    /// <summary>All verdicts, in the order of the claims.</summary>
    public Task<bool[]> Completion => _done.Task;

    public int Chunks => (claims.Count + ChunkSize - 1) / ChunkSize;

    /// <summary>Verifies chunks until there are none left or the batch was given up.</summary>
    public void Work(SignatureVerdicts verdicts)
    {
        while (!_done.Task.IsCompleted)
        {
            int first = Interlocked.Add(ref _taken, ChunkSize) - ChunkSize;
            if (first >= claims.Count)
            {
                return;
            }

            int count = Math.Min(ChunkSize, claims.Count - first);
            for (int i = first; i < first + count; i++)
            {
                _verdicts[i] = verdicts.Verify(claims[i]);
            }

            if (Interlocked.Add(ref _finished, count) == claims.Count)
            {
                _done.TrySetResult(_verdicts);
            }
        }
    }

    public void Cancel() => _done.TrySetCanceled();

    public void Fail(Exception cause) => _done.TrySetException(cause);
}
