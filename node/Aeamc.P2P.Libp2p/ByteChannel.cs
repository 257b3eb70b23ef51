namespace Aeamc.P2P.Libp2p;

/// <summary>An ordered stream of bytes in both directions: a socket, a Noise session or a multiplexed stream.</summary>
public abstract class ByteChannel
{
    /// <summary>Reads what is there, at least one byte; 0 when the peer has ended its direction.</summary>
    /// <exception cref="ChannelClosedException">The stream was reset or the connection is gone.</exception>
    public abstract ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes all of <paramref name="source"/>, waiting while the peer does not take it (flow control). The memory may be reused when the
    /// task completes; the bytes are on their way then, not necessarily delivered.
    /// </summary>
    /// <exception cref="ChannelClosedException">The stream was reset, our direction was closed, or the connection is gone.</exception>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default);

    /// <summary>
    /// As <see cref="WriteAsync"/>, for who has gathered all that waits to be written: what is small is sent at once by the caller, who holds no lock, instead of by
    /// a thread that is woken for it. Who writes piece by piece uses the other.
    /// </summary>
    internal virtual ValueTask WriteGatheredAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken) => WriteAsync(source, cancellationToken);

    /// <summary>Fills <paramref name="destination"/>; false when the peer ended its direction before the first byte.</summary>
    /// <exception cref="ChannelClosedException">The stream ended inside, was reset, or the connection is gone.</exception>
    public async ValueTask<bool> ReadExactlyAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        int filled = 0;
        while (filled < destination.Length)
        {
            int read = await ReadAsync(destination[filled..], cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return filled == 0 ? false : throw new ChannelClosedException(ChannelCloseReason.EndedInsideMessage);
            }

            filled += read;
        }

        return true;
    }
}
