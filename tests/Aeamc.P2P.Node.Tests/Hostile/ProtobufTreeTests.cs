using Aeamc.P2P.Fuzz.Parsers.Libp2p;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Aeamc.P2P.Node.Tests.Hostile;

/// <summary>The tree that structured inputs of protobuf parsers are changed in: what it writes has true lengths, whatever was changed.</summary>
public sealed class ProtobufTreeTests
{
    private const int Rounds = 2000;
    private const int MaxLength = 1 << 16;

    [Theory]
    [InlineData("", "an empty message")]
    [InlineData("0801", "a varint")]
    [InlineData("08FFFFFFFFFFFFFFFFFF01", "a varint of 64 bits")]
    [InlineData("0A00", "no bytes")]
    [InlineData("090102030405060708", "a number of eight bytes")]
    [InlineData("0D01020304", "a number of four bytes")]
    [InlineData("0A040A020801", "a message in a message in a message")]
    [InlineData("A2060161", "a field of two bytes' number")]
    [InlineData("0A03088000", "bytes that would be a message if a varint had two forms")]
    [InlineData("0A0B08FFFFFFFFFFFFFFFFFF02", "bytes that would be a message if a varint had 65 bits")]
    public void A_message_comes_back(string hex, string what)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Assert.True(ProtobufTree.TryRead(bytes)?.Write(MaxLength).AsSpan().SequenceEqual(bytes), what);
    }

    [Theory]
    [InlineData("08", "a varint that is missing")]
    [InlineData("0880", "a varint that is cut off")]
    [InlineData("088000", "a varint that is not in its shortest form")]
    [InlineData("08FFFFFFFFFFFFFFFFFFFF01", "a varint of eleven bytes")]
    [InlineData("0A0261", "bytes that are cut off")]
    [InlineData("0AFFFFFFFFFFFFFFFFFF01", "a length beyond everything")]
    [InlineData("0D010203", "a number of four bytes that is cut off")]
    [InlineData("0001", "field 0")]
    [InlineData("0B0C", "a group")]
    public void What_is_no_message_is_no_tree(string hex, string what) => Assert.True(ProtobufTree.TryRead(Convert.FromHexString(hex)) is null, what);

    [Fact]
    public void Whatever_is_changed_the_lengths_hold()
    {
        int changed = 0, deep = 0;
        for (int seed = 0; seed < Rounds; seed++)
        {
            byte[] before = Nested();
            ProtobufTree tree = ProtobufTree.TryRead(before)!;
            var random = new Random(seed);
            for (int i = seed % 4; i >= 0; i--)
            {
                tree.Change(random, leaf => [.. leaf, .. new byte[random.Next(200)]]);
            }

            byte[] after = tree.Write(MaxLength);
            changed += after.AsSpan().SequenceEqual(before) ? 0 : 1;
            if (after.Length <= MaxLength)
            {
                Assert.NotNull(ProtobufTree.TryRead(after));
                deep += after.AsSpan().StartsWith(before.AsSpan(0, 1)) && after.Length != before.Length && Parses(after) ? 1 : 0;
            }
        }

        Assert.InRange(changed, Rounds * 9 / 10, Rounds);
        Assert.InRange(deep, Rounds / 10, Rounds);
    }

    [Fact]
    public void The_same_random_numbers_make_the_same_changes()
    {
        static byte[] changed(int seed)
        {
            ProtobufTree tree = ProtobufTree.TryRead(Nested())!;
            var random = new Random(seed);
            tree.Change(random, leaf => [.. leaf, (byte)random.Next(256)]);
            return tree.Write(MaxLength);
        }

        Assert.All(Enumerable.Range(0, 50), seed => Assert.Equal(changed(seed), changed(seed)));
    }

    [Fact]
    public void What_is_written_stops_soon_after_its_bound()
    {
        ProtobufTree tree = ProtobufTree.TryRead(Nested())!;
        var random = new Random(3);
        for (int i = 0; i < 40; i++)
        {
            tree.Change(random, static leaf => [.. leaf, .. new byte[1000]]);
        }

        // A message is left at the first field that reaches the bound, on each level: no field is longer than those of the bound and the longest leaf.
        Assert.InRange(tree.Write(10_000).Length, 1, 10_000 + 10_000 + 41_000);
    }

    // protoc's well-known types, which no parser under test has.
    private static byte[] Nested() => new Struct
    {
        Fields =
        {
            ["a"] = Value.ForString("text"),
            ["b"] = Value.ForStruct(new Struct { Fields = { ["c"] = Value.ForNumber(1.5), ["d"] = Value.ForList(Value.ForBool(true), Value.ForString("deeper")) } }),
        },
    }.ToByteArray();

    private static bool Parses(byte[] bytes)
    {
        try
        {
            return Struct.Parser.ParseFrom(bytes).CalculateSize() > 0;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }
}
