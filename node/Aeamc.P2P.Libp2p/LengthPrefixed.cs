using System.Buffers;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p;

/// <summary>Messages framed by a uvarint length, as every libp2p protocol over a stream frames them.</summary>
public static class LengthPrefixed
{
    /// <summary>Reads one message; null at the end of the stream. The array is the caller's.</summary>
    /// <exception cref="ChannelClosedException">
    /// The stream failed, ended inside the message, or the message exceeds <paramref name="maxBytes"/> (checked before anything is allocated).
    /// </exception>
    public static async ValueTask<byte[]?> ReadAsync(ByteChannel channel, int maxBytes, CancellationToken cancellationToken = default)
    {
        byte[] prefix = ArrayPool<byte>.Shared.Rent(UVarint.MaxLength);
        try
        {
            int have = 0;
            while (true)
            {
                // One byte at a time: the byte after the prefix may belong to another message. The bytes are in memory, so this is cheap.
                int read = await channel.ReadAsync(prefix.AsMemory(have, 1), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    return have == 0 ? null : throw new ChannelClosedException(ChannelCloseReason.EndedInsideMessage);
                }

                have += read;
                UVarintStatus status = UVarint.Read(prefix.AsSpan(0, have), out ulong length, out _);
                if (status == UVarintStatus.Incomplete)
                {
                    continue;
                }

                if (status == UVarintStatus.Invalid || length > (ulong)maxBytes)
                {
                    throw new ChannelClosedException(ChannelCloseReason.MessageTooLong);
                }

                return await ReadBodyAsync(channel, (int)length, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(prefix);
        }
    }

    /// <summary>Writes one message in one piece.</summary>
    public static async ValueTask WriteAsync(ByteChannel channel, ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        byte[] frame = ArrayPool<byte>.Shared.Rent(UVarint.MaxLength + message.Length);
        try
        {
            int length = Write(frame, message.Span);
            await channel.WriteAsync(frame.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    /// <summary>Writes prefix and message to <paramref name="destination"/> and gives their length.</summary>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> message)
    {
        int prefix = UVarint.Write(destination, (ulong)message.Length);
        message.CopyTo(destination[prefix..]);
        return prefix + message.Length;
    }

    private static async ValueTask<byte[]> ReadBodyAsync(ByteChannel channel, int length, CancellationToken cancellationToken)
    {
        if (length <= FirstAllocation)
        {
            var whole = new byte[length];
            return length == 0 || await channel.ReadExactlyAsync(whole, cancellationToken).ConfigureAwait(false)
                ? whole
                : throw new ChannelClosedException(ChannelCloseReason.EndedInsideMessage);
        }

        // A length is only a claim: memory grows with the bytes that really came, at most doubling ahead of them.
        var body = new byte[FirstAllocation];
        int filled = 0;
        while (filled < length)
        {
            if (filled == body.Length)
            {
                Array.Resize(ref body, (int)Math.Min(length, 2L * filled));
            }

            int read = await channel.ReadAsync(body.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                throw new ChannelClosedException(ChannelCloseReason.EndedInsideMessage);
            }

            filled += read;
        }

        return body;
    }

    private const int FirstAllocation = 64 * 1024;
}
