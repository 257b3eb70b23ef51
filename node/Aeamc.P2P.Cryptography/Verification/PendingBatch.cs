using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.Cryptography.Verification;

/// <summary>One batch on its way through the pool: workers take claims of it until none is left, and the last to finish reports.</summary>
internal sealed class PendingBatch(IReadOnlyList<SignatureClaim> claims)
{
    private readonly TaskCompletionSource<bool[]> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool[] _verdicts = new bool[claims.Count];
    private int _taken;
    private int _finished;

    /// <summary>All verdicts, in the order of the claims.</summary>
    public Task<bool[]> Completion => _done.Task;

    public int Count => claims.Count;

    /// <summary>The claim at a place that was taken.</summary>
    public SignatureClaim this[int index] => claims[index];

    /// <summary>Whether no claim is left to take, or nobody wants the verdicts any more. Under the pool's gate.</summary>
    public bool IsTaken => _taken == claims.Count || _done.Task.IsCompleted;

    /// <summary>Takes up to so many claims for the caller to judge; none when the batch is all taken or was given up. Under the pool's gate.</summary>
    public PendingClaims Take(int most)
    {
        int count = IsTaken ? 0 : Math.Min(most, claims.Count - _taken);
        var share = new PendingClaims(this, _taken, count);
        _taken += count;
        return share;
    }

    /// <summary>Stores verdicts on claims that were taken.</summary>
    public void Finish(int first, ReadOnlySpan<bool> verdicts)
    {
        verdicts.CopyTo(_verdicts.AsSpan(first));
        if (Interlocked.Add(ref _finished, verdicts.Length) == claims.Count)
        {
            _done.TrySetResult(_verdicts);
        }
    }

    public void Cancel() => _done.TrySetCanceled();

    public void Fail(Exception cause) => _done.TrySetException(cause);
}

/// <summary>Consecutive claims of a batch that one worker took.</summary>
internal readonly record struct PendingClaims(PendingBatch Batch, int First, int Count);
