namespace Aeamc.P2P.Primitives.Tests;

public class Hash256Tests
{
    [Fact]
    public void Digest_of_abc_is_the_published_one() =>
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", Hash256.Of("abc"u8).ToString());

    [Fact]
    public void Bytes_come_back_as_they_went_in()
    {
        Assert.Equal(Bytes.Count(7, 32), Bytes.Hash(7).ToArray());
        Assert.Equal(0x0708090a0b0c0d0eul, Bytes.Hash(7).Prefix64);
        Assert.Equal("0708090a", Bytes.Hash(7).ToShortString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Other_lengths_are_refused(int length) => Assert.Throws<ArgumentException>(() => new Hash256(new byte[length]));

    [Fact]
    public void Text_is_parsed_in_either_case_and_only_when_complete()
    {
        string text = Bytes.Hash(0xa0).ToString();
        Assert.True(Hash256.TryParse(text.ToUpperInvariant(), out Hash256 parsed));
        Assert.Equal(Bytes.Hash(0xa0), parsed);
        Assert.False(Hash256.TryParse(null, out _));
        Assert.False(Hash256.TryParse(text[1..], out _));
        Assert.False(Hash256.TryParse(text[1..] + "g", out _));
    }

    [Fact]
    public void Bits_are_counted_from_the_most_significant()
    {
        for (int bit = 0; bit < 256; bit++)
        {
            var bytes = new byte[32];
            bytes[bit / 8] = (byte)(0x80 >> (bit % 8));
            var hash = new Hash256(bytes);
            for (int i = 0; i < 256; i++)
            {
                Assert.Equal(i == bit, hash.Bit(i));
            }
        }
    }

    [Fact]
    public void Order_is_the_order_of_the_text()
    {
        var hashes = Enumerable.Range(0, 300).Select(i => Hash256.Of(BitConverter.GetBytes(i))).ToList();
        for (int place = 0; place < 32; place++)
        {
            var low = new byte[32];
            low[place] = 1;
            hashes.Add(new Hash256(low));
        }

        Assert.Equal(hashes.Select(h => h.ToString()).Order(StringComparer.Ordinal), hashes.Order().Select(h => h.ToString()));
        Assert.True(hashes[0] < hashes[1] == hashes[1] > hashes[0]);
        Assert.True(hashes[0] <= hashes[0] && hashes[0] >= hashes[0]);
    }

    [Fact]
    public void Node_ids_keep_their_bytes_and_text()
    {
        var id = new NodeId(Bytes.Count(1, 32));
        Assert.Equal(Bytes.Count(1, 32), id.ToArray());
        Assert.True(NodeId.TryParse(id.ToString(), out NodeId parsed));
        Assert.Equal(id, parsed);
        Assert.False(NodeId.TryParse("00", out _));
        Assert.True(new NodeId(Bytes.Count(0, 32)) < id);
        Assert.Equal("01020304", id.ToShortString());
    }
}
