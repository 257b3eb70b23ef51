namespace Aeamc.P2P.Primitives.Tests;

public class MerkleMountainRangeTests
{
    private const string Golden = """
        9205c440bb6269384ce083a9b7405da8c3e551fecff414fdd54e4a5222e939f25df23ecbb6b2ca8df889cc435fe87db3774eeaaf6de5c78836747d43
        5d494c082f9e80bc
        """;

    [Fact]
    public void Root_is_that_of_the_plain_tree_at_every_size()
    {
        var range = MerkleMountainRange.Empty;
        var leaves = new List<Hash256>();
        for (int i = 0; i < 300; i++)
        {
            Assert.Equal((ulong)i, range.Count);
            Assert.Equal(MerkleTree.Root(leaves.ToArray()), range.Root);
            Hash256 block = Hash256.Of(BitConverter.GetBytes(i));
            range = range.Append(block);
            leaves.Add(MerkleTree.LeafHash(block));
        }
    }

    [Fact]
    public void Every_leaf_is_proven_at_every_size_it_was_part_of()
    {
        const int Largest = 66;
        var nodes = new KeptNodes();
        var range = MerkleMountainRange.Empty;
        var roots = new List<Hash256> { range.Root };
        for (int i = 0; i < Largest; i++)
        {
            range = range.Append(Bytes.Hash(i), nodes);
            roots.Add(range.Root);
        }

        for (ulong count = 1; count <= Largest; count++)
        {
            for (ulong index = 0; index < count; index++)
            {
                Assert.True(MerkleMountainRange.TryProve(nodes, index, count, out Hash256[] path));
                Hash256 leaf = MerkleTree.LeafHash(Bytes.Hash((int)index));
                Assert.True(MerkleTree.TryRootFromPath(leaf, index, count, path, out Hash256 root) && root == roots[(int)count]);
            }
        }
    }

    [Fact]
    public void Completed_subtrees_number_two_a_leaf_at_most()
    {
        var nodes = new KeptNodes();
        var range = MerkleMountainRange.Empty;
        for (int i = 0; i < 1000; i++)
        {
            range = range.Append(Bytes.Hash(i), nodes);
        }

        Assert.InRange(nodes.Count, 1000, 2000);
        Assert.True(nodes.TryGet(9, 0, out _));
        Assert.False(nodes.TryGet(9, 1, out _));
    }

    [Fact]
    public void No_proof_without_the_leaf_or_its_nodes()
    {
        var nodes = new KeptNodes();
        MerkleMountainRange.Empty.Append(Bytes.Hash(0), nodes).Append(Bytes.Hash(1), nodes);
        Assert.False(MerkleMountainRange.TryProve(nodes, 2, 2, out _));
        Assert.False(MerkleMountainRange.TryProve(nodes, 0, 0, out _));
        Assert.False(MerkleMountainRange.TryProve(nodes, 0, 3, out _));
        Assert.False(MerkleMountainRange.TryProve(nodes, 0, ulong.MaxValue, out _));
    }

    [Fact]
    public void Bytes_are_frozen()
    {
        var range = MerkleMountainRange.Empty;
        for (int i = 0; i < 5; i++)
        {
            range = range.Append(Bytes.Hash(i));
        }

        Assert.Equal("60c4f6b290606dc708e99d8491218a71400ef69a5c220f04842bdc085aa6f80d", range.Root.ToString());
        Assert.Equal(Bytes.Hex(Golden), Bytes.Encoded((ref MessagePackWriter w) => range.Encode(ref w)));
    }

    [Fact]
    public void A_range_read_back_goes_on_as_before()
    {
        var range = MerkleMountainRange.Empty;
        for (int i = 0; i < 40; i++)
        {
            byte[] bytes = Bytes.Encoded((ref MessagePackWriter w) => range.Encode(ref w));
            var reader = new MessagePackReader(bytes);
            Assert.True(MerkleMountainRange.TryDecode(ref reader, out MerkleMountainRange again) && reader.End);
            Assert.Equal(range.Root, again.Root);
            Assert.Equal(range.Peaks.ToArray(), again.Peaks.ToArray());
            range = again.Append(Bytes.Hash(i));
        }
    }

    [Fact]
    public void The_fullest_range_is_read_and_takes_no_more_leaves()
    {
        byte[] bytes = Bytes.Encoded((ref MessagePackWriter w) =>
        {
            w.WriteArrayHeader(2);
            w.Write(ulong.MaxValue);
            w.Write(new byte[64 * 32]);
        });
        var reader = new MessagePackReader(bytes);
        Assert.True(MerkleMountainRange.TryDecode(ref reader, out MerkleMountainRange range));
        Assert.Throws<OverflowException>(() => range.Append(Hash256.Zero));
    }

    [Fact]
    public void Decoder_never_throws_and_accepts_one_encoding() => DecoderFuzz.Run(
        input =>
        {
            var reader = new MessagePackReader(input);
            return MerkleMountainRange.TryDecode(ref reader, out MerkleMountainRange range) && reader.End
                ? Bytes.Encoded((ref MessagePackWriter w) => range.Encode(ref w))
                : null;
        },
        Bytes.Hex(Golden),
        Bytes.Hex("9200c400"));

    [Fact]
    public void A_range_is_loaded_again_from_its_kept_subtrees_at_every_size()
    {
        var kept = new KeptNodes();
        var range = MerkleMountainRange.Empty;
        for (ulong count = 1; count <= 70; count++)
        {
            range = range.Append(Hash256.Of(BitConverter.GetBytes(count)), kept);

            Assert.True(MerkleMountainRange.TryLoad(kept, count, out MerkleMountainRange loaded));
            Assert.Equal(range.Root, loaded.Root);
            Assert.Equal(count, loaded.Count);
        }

        Assert.False(MerkleMountainRange.TryLoad(kept, 71, out _));
    }

    private sealed class KeptNodes : List<MountainNode>, IMountainNodes
    {
        public bool TryGet(int level, ulong index, out Hash256 hash)
        {
            hash = this.FirstOrDefault(n => n.Level == level && n.Index == index).Hash;
            return hash != Hash256.Zero;
        }
    }
}
