namespace Aeamc.P2P.Primitives;

/// <summary>Many SHA-256 digests at once: the same values as <see cref="Hash256.Of"/>, several times faster where the machine has wide vectors.</summary>
public static class Sha256Batch
{
    // Longer messages gain nothing from company: the call is a small part of their cost.
    private const int MaxBlocks = 16;

    private const int PairSize = 1 + 2 * Hash256.Size;
    private const int PairBlocks = 2;

    /// <summary>
    /// SHA-256(prefix || pairs[2i] || pairs[2i + 1]) for every i: a level of a Merkle tree. <paramref name="digests"/> may start where
    /// <paramref name="pairs"/> starts; it is never written ahead of what has been read.
    /// </summary>
    public static void HashPairs(byte prefix, ReadOnlySpan<Hash256> pairs, Span<Hash256> digests)
    {
        Invariant.Check(pairs.Length == 2 * digests.Length);
        const int Stride = PairBlocks * Sha256Lanes.BlockSize;
        Span<byte> buffer = stackalloc byte[Sha256Lanes.Lanes * Stride];
        while (Sha256Lanes.IsSupported && digests.Length > 1)
        {
            int count = Math.Min(digests.Length, Sha256Lanes.Lanes);
            for (int lane = 0; lane < count; lane++)
            {
                Span<byte> message = buffer.Slice(lane * Stride, Stride);
                WritePair(message, prefix, pairs[2 * lane], pairs[2 * lane + 1]);
                Sha256Lanes.Pad(message, PairSize);
            }

            Sha256Lanes.Digest(buffer, PairBlocks, digests[..count]);
            pairs = pairs[(2 * count)..];
            digests = digests[count..];
        }

        for (int i = 0; i < digests.Length; i++)
        {
            WritePair(buffer, prefix, pairs[2 * i], pairs[2 * i + 1]);
            digests[i] = Hash256.Of(buffer[..PairSize]);
        }
    }

    /// <summary>The digest of every message, in the same order. Messages of like length are digested together.</summary>
    public static void HashAll<TMessage>(ReadOnlySpan<TMessage> messages, Span<Hash256> digests)
        where TMessage : struct, ISha256Message
    {
        Invariant.Check(messages.Length == digests.Length);
        var byBlocks = new long[messages.Length];
        for (int i = 0; i < messages.Length; i++)
        {
            byBlocks[i] = ((long)Sha256Lanes.Blocks(messages[i].Length) << 32) | (uint)i;
        }

        // Already in order when all have one size, which is the common case.
        Array.Sort(byBlocks);
        Span<byte> buffer = stackalloc byte[Sha256Lanes.Lanes * MaxBlocks * Sha256Lanes.BlockSize];
        Span<Hash256> found = stackalloc Hash256[Sha256Lanes.Lanes];
        for (int start = 0; start < byBlocks.Length;)
        {
            int blocks = (int)(byBlocks[start] >> 32);
            int count = 1;
            while (count < Sha256Lanes.Lanes && start + count < byBlocks.Length && byBlocks[start + count] >> 32 == blocks)
            {
                count++;
            }

            ReadOnlySpan<long> group = byBlocks.AsSpan(start, count);
            start += count;
            if (count == 1 || blocks > MaxBlocks || !Sha256Lanes.IsSupported)
            {
                HashSingly(messages, group, digests, buffer);
                continue;
            }

            int stride = blocks * Sha256Lanes.BlockSize;
            for (int lane = 0; lane < count; lane++)
            {
                TMessage message = messages[Place(group[lane])];
                Span<byte> padded = buffer.Slice(lane * stride, stride);
                message.CopyTo(padded);
                Sha256Lanes.Pad(padded, message.Length);
            }

            Sha256Lanes.Digest(buffer[..(Sha256Lanes.Lanes * stride)], blocks, found[..count]);
            for (int lane = 0; lane < count; lane++)
            {
                digests[Place(group[lane])] = found[lane];
            }
        }
    }

    private static void HashSingly<TMessage>(ReadOnlySpan<TMessage> messages, ReadOnlySpan<long> group, Span<Hash256> digests, Span<byte> buffer)
        where TMessage : struct, ISha256Message
    {
        foreach (long place in group)
        {
            TMessage message = messages[Place(place)];
            Span<byte> bytes = message.Length <= buffer.Length ? buffer[..message.Length] : new byte[message.Length];
            message.CopyTo(bytes);
            digests[Place(place)] = Hash256.Of(bytes);
        }
    }

    private static int Place(long key) => (int)(key & int.MaxValue);

    private static void WritePair(Span<byte> message, byte prefix, Hash256 first, Hash256 second)
    {
        message[0] = prefix;
        first.CopyTo(message[1..]);
        second.CopyTo(message[(1 + Hash256.Size)..]);
    }
}
