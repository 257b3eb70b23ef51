namespace Aeamc.P2P.Primitives.Tests;

public class Sha256BatchTests
{
    /// <summary>Every length up to some blocks beyond the vector path's limit, in groups of every size.</summary>
    [Fact]
    public void Digests_are_those_of_the_base_library()
    {
        var random = new Random(1);
        for (int count = 0; count <= 40; count++)
        {
            var messages = new Message[count];
            for (int i = 0; i < count; i++)
            {
                var bytes = new byte[random.Next(3) == 0 ? 33 : random.Next(1300)];
                random.NextBytes(bytes);
                messages[i] = new Message(bytes);
            }

            Check(messages);
        }

        Check([.. Enumerable.Range(0, 1200).Select(i => new Message(Bytes.Count(i, i)))]);
        Check([.. Enumerable.Repeat(new Message(new byte[100_000]), 3)]);
    }

    [Fact]
    public void Pairs_are_digested_with_their_prefix_also_in_place()
    {
        for (int count = 0; count <= 40; count++)
        {
            Hash256[] pairs = [.. Enumerable.Range(0, 2 * count).Select(Bytes.Hash)];
            Hash256[] expected = [.. Enumerable.Range(0, count).Select(i => Hash256.Of([7, .. pairs[2 * i].ToArray(), .. pairs[2 * i + 1].ToArray()]))];
            Hash256[] inPlace = [.. pairs];
            Sha256Batch.HashPairs(7, inPlace, inPlace.AsSpan(0, count));
            Assert.Equal(expected, inPlace[..count]);
        }
    }

    [Fact]
    public void Counts_must_fit()
    {
        Assert.Throws<InvariantException>(() => Sha256Batch.HashPairs(0, new Hash256[3], new Hash256[1]));
        Assert.Throws<InvariantException>(() => Sha256Batch.HashAll<Message>(new Message[1], new Hash256[2]));
    }

    private static void Check(Message[] messages)
    {
        var digests = new Hash256[messages.Length];
        Sha256Batch.HashAll<Message>(messages, digests);
        Assert.Equal(messages.Select(m => Hash256.Of(m.Bytes)), digests);
    }

    private readonly struct Message(byte[] bytes) : ISha256Message
    {
        public byte[] Bytes { get; } = bytes;

        public int Length => Bytes.Length;

        public void CopyTo(Span<byte> destination) => Bytes.CopyTo(destination);
    }
}
