namespace Aeamc.P2P.Primitives.Tests;

public class StateChunkTests
{
    private static StateTree Tree(int count, int seed = 1)
    {
        var random = new Random(seed);
        return StateTree.Build(Enumerable.Range(0, count).Select(i =>
        {
            var value = new byte[random.Next(1, 60)];
            random.NextBytes(value);
            return (BitConverter.GetBytes(i), value);
        }));
    }

    /// <summary>Fetches a whole tree by place and hash alone, as one would from strangers.</summary>
    private static List<StateEntry> Descend(StateTree tree, int targetBytes, out int chunks)
    {
        var pending = new Queue<(StatePrefix Prefix, Hash256 Hash)>();
        pending.Enqueue((StatePrefix.Root, tree.Root));
        var entries = new List<StateEntry>();
        chunks = 0;
        while (pending.TryDequeue(out (StatePrefix Prefix, Hash256 Hash) place))
        {
            chunks++;
            byte[] bytes = StateChunk.Read(tree, place.Prefix, targetBytes).Encode();
            Assert.True(StateChunk.TryDecode(bytes, out StateChunk? chunk));
            Assert.Equal(bytes, chunk.Encode());
            Assert.True(chunk.TryVerify(place.Prefix, place.Hash, out IReadOnlyList<(StatePrefix Prefix, Hash256 Hash)> next));
            entries.AddRange(chunk.Entries ?? []);
            foreach ((StatePrefix, Hash256) below in next)
            {
                pending.Enqueue(below);
            }
        }

        return entries;
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 100)]
    [InlineData(2, 1)]
    [InlineData(1_000, 1)]
    [InlineData(1_000, 500)]
    [InlineData(5_000, 4_000)]
    [InlineData(5_000, 10_000_000)]
    public void A_tree_is_rebuilt_from_its_chunks(int count, int targetBytes)
    {
        StateTree tree = Tree(count);

        List<StateEntry> entries = Descend(tree, targetBytes, out int chunks);

        Assert.Equal(count, entries.Count);
        Assert.Equal(tree.Root, StateTree.Build(entries.Select(entry => (entry.Key.ToArray(), entry.Value.ToArray()))).Root);
        Assert.InRange(chunks, 1, 1 + (3 * count));
    }

    [Fact]
    public void Chunks_are_about_as_large_as_asked_for()
    {
        StateTree tree = Tree(20_000);
        long total = tree.Entries().Sum(entry => entry.Key.Length + entry.Value.Length + 10);

        Descend(tree, 16_384, out int chunks);

        Assert.InRange(chunks, total / 16_384, 1 + (6 * total / 16_384));
    }

    [Fact]
    public void Nothing_can_be_left_out_added_changed_or_moved()
    {
        StateTree tree = Tree(300);
        StateEntry[] good = [.. StateChunk.Read(tree, StatePrefix.Root, int.MaxValue).Entries!];
        StateEntry[][] bad =
        [
            good[1..],
            [.. good, new StateEntry(new byte[] { 9, 9, 9, 9, 9 }, new byte[] { 1 })],
            [good[1], good[0], .. good[2..]],
            [good[0], good[0], .. good[1..]],
            [new StateEntry(good[0].Key, good[1].Value), .. good[1..]],
            [],
        ];

        Assert.All(bad, entries => Assert.False(Chunk(entries).TryVerify(StatePrefix.Root, tree.Root, out _)));
        Assert.True(Chunk(good).TryVerify(StatePrefix.Root, tree.Root, out _));
        Assert.False(Chunk(good).TryVerify(StatePrefix.Root.Child(true), tree.Root, out _));
    }

    [Fact]
    public void A_changed_top_is_refused()
    {
        StateTree tree = Tree(2_000);
        byte[] bytes = StateChunk.Read(tree, StatePrefix.Root, 1_000).Encode();
        var random = new Random(3);
        int refused = 0;
        for (int round = 0; round < 2_000; round++)
        {
            byte[] changed = [.. bytes];
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            refused += StateChunk.TryDecode(changed, out StateChunk? chunk) && chunk.TryVerify(StatePrefix.Root, tree.Root, out _) ? 0 : 1;
        }

        Assert.Equal(2_000, refused);

        // A place may not stand for itself: whoever followed would never come further.
        Assert.True(StateChunk.TryDecode([0x92, 0x01, 0xc4, 33, 2, .. tree.Root.ToArray()], out StateChunk? itself));
        Assert.False(itself.TryVerify(StatePrefix.Root, tree.Root, out _));
    }

    [Fact]
    public void Arbitrary_bytes_are_read_or_refused_and_what_is_read_is_canonical()
    {
        StateTree tree = Tree(100);
        byte[][] good = [StateChunk.Read(tree, StatePrefix.Root, int.MaxValue).Encode(), StateChunk.Read(tree, StatePrefix.Root, 300).Encode()];
        var random = new Random(5);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. good[round % good.Length]];
            bytes = bytes[..random.Next(bytes.Length + 1)];
            for (int change = random.Next(4); change > 0 && bytes.Length > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (StateChunk.TryDecode(bytes, out StateChunk? chunk))
            {
                Assert.Equal(bytes, chunk.Encode());
                chunk.TryVerify(StatePrefix.Root, tree.Root, out _);
            }
        }
    }

    [Fact]
    public void Places_have_one_encoding_each()
    {
        StatePrefix place = StatePrefix.Root.Child(true).Child(false).Child(true);
        Assert.Equal(3, place.Depth);
        Assert.Equal(0b1010_0000, place.Bits.ToArray()[0]);
        Assert.Equal(0b1011_1111, place.Last().ToArray()[0]);
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        place.Encode(ref writer);
        Assert.Equal([0x92, 3, 0xc4, 1, 0b1010_0000], buffer.WrittenSpan.ToArray());
        Assert.True(Read([0x92, 3, 0xc4, 1, 0b1010_0000], out StatePrefix? read));
        Assert.Equal(place, read);
        Assert.False(Read([0x92, 3, 0xc4, 1, 0b1011_0000], out _));
        Assert.False(Read([0x92, 3, 0xc4, 2, 0b1010_0000, 0], out _));
        Assert.False(Read([0x92, 0xcd, 1, 1, 0xc4, 33, .. new byte[33]], out _));

        static bool Read(byte[] bytes, out StatePrefix? prefix)
        {
            var reader = new MessagePackReader(bytes);
            return StatePrefix.TryDecode(ref reader, out prefix);
        }
    }

    private static StateChunk Chunk(StateEntry[] entries)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.Write(0UL);
        writer.WriteArrayHeader(2 * entries.Length);
        foreach (StateEntry entry in entries)
        {
            writer.Write(entry.Key.Span);
            writer.Write(entry.Value.Span);
        }

        Assert.True(StateChunk.TryDecode(buffer.WrittenSpan, out StateChunk? chunk));
        return chunk;
    }
}
