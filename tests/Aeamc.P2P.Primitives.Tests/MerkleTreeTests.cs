using FsCheck;
using FsCheck.Fluent;

namespace Aeamc.P2P.Primitives.Tests;

public class MerkleTreeTests
{
    /// <summary>The eight inputs and the root of each prefix, as in the test data of the Certificate Transparency project.</summary>
    private static readonly string[] Inputs =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    private static readonly string[] Roots =
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    [Fact]
    public void Roots_are_those_of_certificate_transparency()
    {
        for (int count = 0; count < Roots.Length; count++)
        {
            ReadOnlyMemory<byte>[] leaves = [.. Inputs.Take(count).Select(i => (ReadOnlyMemory<byte>)Bytes.Hex(i))];
            Assert.Equal(Roots[count], MerkleTree.Root(leaves).ToString());
            Assert.Equal(Roots[count], MerkleTree.Root(leaves.Select(l => MerkleTree.LeafHash(l.Span)).ToArray()).ToString());
        }
    }

    [Fact]
    public void Path_of_the_first_of_seven_leaves_is_the_published_one()
    {
        Hash256[] leaves = [.. Inputs.Take(7).Select(i => MerkleTree.LeafHash(Bytes.Hex(i)))];
        Hash256[] expected =
        [
            leaves[1], MerkleTree.NodeHash(leaves[2], leaves[3]),
            MerkleTree.NodeHash(MerkleTree.NodeHash(leaves[4], leaves[5]), leaves[6]),
        ];
        Assert.Equal(expected, MerkleTree.Path(leaves, 0));
    }

    [Fact]
    public void Long_leaves_are_hashed_like_short_ones()
    {
        foreach (int length in new[] { 0, 1, 1022, 1023, 1024, 1025, 5000 })
        {
            byte[] data = Bytes.Count(3, length);
            Assert.Equal(Hash256.Of([0, .. data]), MerkleTree.LeafHash(data));
        }
    }

    [Fact]
    public void Every_leaf_of_every_small_tree_is_proven()
    {
        for (int count = 1; count <= 70; count++)
        {
            Hash256[] leaves = Leaves(count);
            Hash256 root = Reference(leaves);
            Assert.Equal(root, MerkleTree.Root(leaves));
            for (int index = 0; index < count; index++)
            {
                Hash256[] path = MerkleTree.Path(leaves, index);
                Assert.True(MerkleTree.TryRootFromPath(leaves[index], (ulong)index, (ulong)count, path, out Hash256 found) && found == root);
            }
        }
    }

    [Fact]
    public void A_path_proves_nothing_for_another_place_size_or_leaf()
    {
        Hash256[] leaves = Leaves(21);
        Hash256 root = MerkleTree.Root(leaves);
        Prop.ForAll(Gen.Choose(0, 20).Two().ToArbitrary(), pair =>
        {
            (int index, int other) = pair;
            Hash256[] path = MerkleTree.Path(leaves, index);
            bool Proves(Hash256 leaf, ulong place, ulong count, Hash256[] with) =>
                MerkleTree.TryRootFromPath(leaf, place, count, with, out Hash256 found) && found == root;

            bool right = Proves(leaves[index], (ulong)index, 21, path);
            bool wrong = (other != index && (Proves(leaves[index], (ulong)other, 21, path) || Proves(leaves[other], (ulong)index, 21, path)))
                || Proves(leaves[index], (ulong)index, 21, path[..^1]) || Proves(leaves[index], (ulong)index, 21, [.. path, root])
                || Proves(leaves[index], 21, 21, path) || Proves(leaves[index], (ulong)index, 0, path);
            for (int i = 0; i < path.Length; i++)
            {
                Hash256[] altered = [.. path];
                altered[i] = leaves[(index + 1) % 21] == altered[i] ? root : leaves[(index + 1) % 21];
                wrong |= Proves(leaves[index], (ulong)index, 21, altered);
            }

            return right && !wrong;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Huge_claimed_sizes_cost_no_more_than_the_path()
    {
        Assert.False(MerkleTree.TryRootFromPath(Hash256.Zero, 0, ulong.MaxValue, [], out _));
        Assert.False(MerkleTree.TryRootFromPath(Hash256.Zero, ulong.MaxValue, ulong.MaxValue, new Hash256[64], out _));
        Assert.True(MerkleTree.TryRootFromPath(Hash256.Zero, ulong.MaxValue - 2, ulong.MaxValue, new Hash256[64], out _));
        Assert.False(MerkleTree.TryRootFromPath(Hash256.Zero, 3, ulong.MaxValue, new Hash256[65], out _));
    }

    [Fact]
    public void A_place_outside_the_tree_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.Path(Leaves(3), 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.Path([], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.Path(Leaves(3), -1));
    }

    private static Hash256[] Leaves(int count) => [.. Enumerable.Range(0, count).Select(i => MerkleTree.LeafHash([(byte)i]))];

    /// <summary>The recursive definition of RFC 6962, 2.1, word for word.</summary>
    private static Hash256 Reference(ReadOnlySpan<Hash256> leaves)
    {
        if (leaves.Length == 1)
        {
            return leaves[0];
        }

        int k = 1;
        while (2 * k < leaves.Length)
        {
            k *= 2;
        }

        return Hash256.Of([1, .. Reference(leaves[..k]).ToArray(), .. Reference(leaves[k..]).ToArray()]);
    }
}
