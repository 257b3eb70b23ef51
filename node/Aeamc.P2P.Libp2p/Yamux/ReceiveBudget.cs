namespace Aeamc.P2P.Libp2p.Yamux;

/// <summary>
/// Received bytes that wait for their handlers, over all connections of a host. While the total is used up, a connection that holds more than
/// its share is ended when it sends more; one that holds less is not, or a few could lock out all others. So at most twice the total is held.
/// </summary>
/// <param name="total">Bytes altogether.</param>
/// <param name="share">Bytes that each connection may hold in any case.</param>
internal sealed class ReceiveBudget(long total, long share)
{
    private long _held;

    /// <summary>Bytes held now.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>Takes room for a connection that then holds <paramref name="connection"/> bytes; false, and nothing taken, when there is none.</summary>
    public bool TryTake(int count, long connection)
    {
        if (Interlocked.Add(ref _held, count) <= total || connection <= share)
        {
            return true;
        }

        Return(count);
        return false;
    }

    /// <summary>Gives room back.</summary>
    public void Return(long count) => Interlocked.Add(ref _held, -count);
}
