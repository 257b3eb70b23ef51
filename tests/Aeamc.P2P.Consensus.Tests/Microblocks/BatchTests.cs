using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Primitives.Tests;

namespace Aeamc.P2P.Consensus.Tests.Microblocks;

public class BatchTests
{
    private const string Golden = """
        9293c42005060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324cd012c929201c40361626392ccc8c5010000010203040506
        0708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142
        434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e
        7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9ba
        bbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6
        f7f8f9fafbfcfdfeffc440090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f30313233343536373839
        3a3b3c3d3e3f404142434445464748
        """;

    private static readonly NodeId Author = new(Bytes.Count(5, 32));
    private static readonly BatchEntry[] Entries = [new(1, "abc"u8.ToArray()), new(200, Bytes.Count(0, 256))];

    private static BatchBody Body => new(Author, 300, Entries);

    [Fact]
    public void Bytes_are_frozen()
    {
        Batch batch = Body.Seal(Bytes.Count(9, 64));
        Assert.Equal(Bytes.Hex(Golden), batch.Encoded.ToArray());
        Assert.Equal("8d579395298c9366fb6baabe5b8012fe660523e3381243e81145c084cbf35f0f", batch.Hash.ToString());
        Assert.Equal("b0bc95edd64119a5a26e13cb914493566369f666d29bfa8e32782978be934b28", Body.SigningHash(Bytes.Hash(1), 7).ToString());
    }

    [Fact]
    public void A_batch_read_back_is_the_batch_that_was_sealed()
    {
        Batch batch = Body.Seal(Bytes.Count(9, 64));
        Assert.True(Batch.TryDecode(Bytes.Hex(Golden), out Batch? decoded));
        Assert.Equal(Author, decoded.Author);
        Assert.Equal(300ul, decoded.Sequence);
        Assert.Equal(Entries, decoded.Entries);
        Assert.Equal(Bytes.Count(9, 64), decoded.Signature.ToArray());
        Assert.Equal(batch.Hash, decoded.Hash);
        Assert.Equal(batch.Body.SigningHash(Bytes.Hash(1), 7), decoded.Body.SigningHash(Bytes.Hash(1), 7));
    }

    [Fact]
    public void The_signed_hash_covers_network_cluster_author_sequence_and_entries()
    {
        Hash256 network = Bytes.Hash(1);
        Hash256[] hashes =
        [
            Body.SigningHash(network, 7), Body.SigningHash(Bytes.Hash(2), 7), Body.SigningHash(network, 8),
            new BatchBody(new NodeId(Bytes.Count(6, 32)), 300, Entries).SigningHash(network, 7),
            new BatchBody(Author, 301, Entries).SigningHash(network, 7),
            new BatchBody(Author, 300, [.. Entries.Reverse()]).SigningHash(network, 7),
            new BatchBody(Author, 300, [Entries[0], new BatchEntry(201, Entries[1].Bytes)]).SigningHash(network, 7),
        ];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    [Fact]
    public void Sizes_are_bounded_on_both_sides()
    {
        Assert.Throws<InvariantException>(() => new BatchBody(Author, 0, []));
        Assert.Throws<InvariantException>(() => new BatchBody(Author, 0, [new BatchEntry(1, default)]));
        Assert.Throws<InvariantException>(() => new BatchBody(Author, 0, [new BatchEntry(1, new byte[BatchEntry.MaxSize + 1])]));
        Assert.Throws<InvariantException>(() => new BatchBody(Author, 0, Repeat(1, Batch.MaxEntries + 1)));
        Assert.Throws<InvariantException>(() => new BatchBody(Author, 0, Repeat(40 * 1024, 2)));
        Assert.Throws<InvariantException>(() => Body.Seal(new byte[63]));

        Assert.True(Batch.TryDecode(new BatchBody(Author, 0, Repeat(1, Batch.MaxEntries)).Seal(new byte[64]).Encoded, out _));
        Assert.True(Batch.TryDecode(new BatchBody(Author, 0, Repeat(BatchEntry.MaxSize, 1)).Seal(new byte[64]).Encoded, out _));

        Assert.False(Batch.TryDecode(Raw(Repeat(1, Batch.MaxEntries + 1)), out _));
        Assert.False(Batch.TryDecode(Raw([new BatchEntry(1, new byte[BatchEntry.MaxSize + 1])]), out _));
        Assert.False(Batch.TryDecode(Raw(Repeat(40 * 1024, 2)), out _));
        Assert.False(Batch.TryDecode(Raw([]), out _));
        Assert.False(Batch.TryDecode(Raw([new BatchEntry(1, default)]), out _));
        Assert.True(Batch.TryDecode(Raw(Repeat(1, 3)), out _));
    }

    [Fact]
    public void The_largest_body_is_read_and_one_byte_more_is_not()
    {
        // Frame: 1 + 34 + 1 + 1 of the body, then 1 + 1 + 3 of each entry.
        int room = Batch.MaxBodySize - 37 - 10 - BatchEntry.MaxSize;
        var fits = new BatchEntry[] { new(1, new byte[BatchEntry.MaxSize]), new(1, new byte[room]) };
        Batch largest = new BatchBody(Author, 0, fits).Seal(new byte[64]);
        Assert.Equal(Batch.MaxEncodedSize, largest.Encoded.Length);
        Assert.True(Batch.TryDecode(largest.Encoded, out _));
        fits[1] = new BatchEntry(1, new byte[room + 1]);
        Assert.Throws<InvariantException>(() => new BatchBody(Author, 0, fits));
        Assert.False(Batch.TryDecode(Raw(fits), out _));
    }

    [Fact]
    public void Decoder_never_throws_and_accepts_one_encoding() => DecoderFuzz.Run(
        input => Batch.TryDecode(input, out Batch? batch)
            ? new BatchBody(batch.Author, batch.Sequence, batch.Entries).Seal(batch.Signature).Encoded.ToArray()
            : null,
        Bytes.Hex(Golden));

    [Fact]
    public void Entries_are_equal_when_kind_and_bytes_are()
    {
        Assert.Equal(new BatchEntry(1, "abc"u8.ToArray()), Entries[0]);
        Assert.Equal(new BatchEntry(1, "abc"u8.ToArray()).GetHashCode(), Entries[0].GetHashCode());
        Assert.True(new BatchEntry(2, "abc"u8.ToArray()) != Entries[0] && new BatchEntry(1, "abd"u8.ToArray()) != Entries[0]);
    }

    [Fact]
    public void Entries_root_is_frozen()
    {
        BatchEntry[] entries = [.. Entries, new BatchEntry(3, "x"u8.ToArray())];
        Assert.Equal("d6fad10de5ff42bfb127e6d01389c595d6793f01d54f85ca45b468f5e4c9df0c", EntriesRoot.Of(entries).ToString());
        Assert.Equal(MerkleTree.EmptyRoot, EntriesRoot.Of([]));
        var large = new BatchEntry(9, Bytes.Count(0, 5000));
        Assert.Equal(Hash256.Of([0, 9, .. large.Bytes.Span]), EntriesRoot.Of([large]));
    }

    private static BatchEntry[] Repeat(int size, int count) => [.. Enumerable.Repeat(new BatchEntry(1, new byte[size]), count)];

    /// <summary>The wire form without any of the limits.</summary>
    private static byte[] Raw(BatchEntry[] entries) => Bytes.Encoded((ref MessagePackWriter w) =>
    {
        w.WriteArrayHeader(2);
        w.WriteArrayHeader(3);
        w.Write(Author);
        w.Write(0ul);
        w.WriteArrayHeader(entries.Length);
        foreach (BatchEntry entry in entries)
        {
            w.WriteArrayHeader(2);
            w.Write((ulong)entry.Kind);
            w.Write(entry.Bytes.Span);
        }

        w.Write(new byte[64]);
    });
}
