namespace Aeamc.P2P.Primitives.Tests;

public class MessagePackTests
{
    [Theory]
    [InlineData(0ul, "00")]
    [InlineData(127ul, "7f")]
    [InlineData(128ul, "cc80")]
    [InlineData(255ul, "ccff")]
    [InlineData(256ul, "cd0100")]
    [InlineData(65535ul, "cdffff")]
    [InlineData(65536ul, "ce00010000")]
    [InlineData(4294967295ul, "ceffffffff")]
    [InlineData(4294967296ul, "cf0000000100000000")]
    [InlineData(ulong.MaxValue, "cfffffffffffffffff")]
    public void Unsigned_integers_have_their_shortest_form(ulong value, string hex)
    {
        Assert.Equal(hex, Written((ref MessagePackWriter w) => w.Write(value)));
        var reader = new MessagePackReader(Bytes.Hex(hex));
        Assert.True(reader.TryReadUInt64(out ulong read) && reader.End);
        Assert.Equal(value, read);
    }

    [Theory]
    [InlineData(0L, "00")]
    [InlineData(127L, "7f")]
    [InlineData(128L, "cc80")]
    [InlineData(long.MaxValue, "cf7fffffffffffffff")]
    [InlineData(-1L, "ff")]
    [InlineData(-32L, "e0")]
    [InlineData(-33L, "d0df")]
    [InlineData(-128L, "d080")]
    [InlineData(-129L, "d1ff7f")]
    [InlineData(-32768L, "d18000")]
    [InlineData(-32769L, "d2ffff7fff")]
    [InlineData(-2147483648L, "d280000000")]
    [InlineData(-2147483649L, "d3ffffffff7fffffff")]
    [InlineData(long.MinValue, "d38000000000000000")]
    public void Signed_integers_have_their_shortest_form(long value, string hex)
    {
        Assert.Equal(hex, Written((ref MessagePackWriter w) => w.WriteSigned(value)));
        var reader = new MessagePackReader(Bytes.Hex(hex));
        Assert.True(reader.TryReadInt64(out long read) && reader.End);
        Assert.Equal(value, read);
    }

    [Fact]
    public void Integers_around_every_power_of_two_come_back()
    {
        for (int bit = 0; bit < 64; bit++)
        {
            for (long offset = -2; offset <= 2; offset++)
            {
                ulong value = unchecked((1ul << bit) + (ulong)offset);
                var unsigned = new MessagePackReader(Bytes.Encoded((ref MessagePackWriter w) => w.Write(value)));
                Assert.True(unsigned.TryReadUInt64(out ulong back) && unsigned.End && back == value);
                long negative = unchecked(-(long)value);
                var signed = new MessagePackReader(Bytes.Encoded((ref MessagePackWriter w) => w.WriteSigned(negative)));
                Assert.True(signed.TryReadInt64(out long signedBack) && signed.End && signedBack == negative);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("cc")]
    [InlineData("cc00")]
    [InlineData("cc7f")]
    [InlineData("cd")]
    [InlineData("cd01")]
    [InlineData("cd0000")]
    [InlineData("cd00ff")]
    [InlineData("ce000100")]
    [InlineData("ce00000000")]
    [InlineData("ce0000ffff")]
    [InlineData("cf00000001000000")]
    [InlineData("cf0000000000000000")]
    [InlineData("cf00000000ffffffff")]
    [InlineData("ff")] // negative
    [InlineData("d080")]
    [InlineData("c0")]
    [InlineData("c2")]
    [InlineData("90")]
    [InlineData("a0")]
    [InlineData("c400")]
    [InlineData("ca00000000")] // float
    public void Other_forms_are_no_unsigned_integer(string hex)
    {
        var reader = new MessagePackReader(Bytes.Hex(hex));
        Assert.False(reader.TryReadUInt64(out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("d0")]
    [InlineData("d000")]
    [InlineData("d07f")]
    [InlineData("d0ff")]
    [InlineData("d0e0")]
    [InlineData("d1")]
    [InlineData("d1ff")]
    [InlineData("d10000")]
    [InlineData("d17fff")]
    [InlineData("d1ff80")]
    [InlineData("d200000000")]
    [InlineData("d2ffff8000")]
    [InlineData("d2ffffff")]
    [InlineData("d30000000000000000")]
    [InlineData("d3ffffffff80000000")]
    [InlineData("d3ffffffffffff")]
    [InlineData("cf8000000000000000")] // above the largest signed one
    [InlineData("cc01")]
    [InlineData("c0")]
    [InlineData("cb0000000000000000")]
    public void Other_forms_are_no_signed_integer(string hex)
    {
        var reader = new MessagePackReader(Bytes.Hex(hex));
        Assert.False(reader.TryReadInt64(out _));
    }

    [Fact]
    public void Narrow_reads_refuse_wide_values()
    {
        Assert.True(Read(255, (ref MessagePackReader r) => r.TryReadUInt8(out byte v) && v == 255));
        Assert.False(Read(256, (ref MessagePackReader r) => r.TryReadUInt8(out _)));
        Assert.True(Read(65535, (ref MessagePackReader r) => r.TryReadUInt16(out ushort v) && v == 65535));
        Assert.False(Read(65536, (ref MessagePackReader r) => r.TryReadUInt16(out _)));
        Assert.True(Read(uint.MaxValue, (ref MessagePackReader r) => r.TryReadUInt32(out uint v) && v == uint.MaxValue));
        Assert.False(Read(1ul << 32, (ref MessagePackReader r) => r.TryReadUInt32(out _)));
        Assert.True(Read(10, (ref MessagePackReader r) => r.TryReadUInt64(10, out ulong v) && v == 10));
        Assert.False(Read(11, (ref MessagePackReader r) => r.TryReadUInt64(10, out _)));
    }

    [Theory]
    [InlineData(0, "c400")]
    [InlineData(255, "c4ff")]
    [InlineData(256, "c50100")]
    [InlineData(65535, "c5ffff")]
    [InlineData(65536, "c600010000")]
    public void Byte_strings_have_the_shortest_header(int length, string header)
    {
        byte[] value = Bytes.Count(5, length);
        byte[] bytes = Bytes.Encoded((ref MessagePackWriter w) => w.Write(value));
        Assert.Equal([.. Bytes.Hex(header), .. value], bytes);
        var reader = new MessagePackReader(bytes);
        Assert.True(reader.TryReadBinary(length, out ReadOnlySpan<byte> read) && reader.End && read.SequenceEqual(value));
        var exact = new MessagePackReader(bytes);
        Assert.True(exact.TryReadExactly(length, out _));
        var other = new MessagePackReader(bytes);
        Assert.False(other.TryReadExactly(length + 1, out _));
        if (length > 0)
        {
            var capped = new MessagePackReader(bytes);
            Assert.False(capped.TryReadBinary(length - 1, out _));
            var truncated = new MessagePackReader(bytes.AsSpan(0, bytes.Length - 1));
            Assert.False(truncated.TryReadBinary(length, out _));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("c4")]
    [InlineData("c401")]
    [InlineData("c50000")]
    [InlineData("c5000100")] // one byte under a two-byte length
    [InlineData("c500")]
    [InlineData("c600000000")]
    [InlineData("c6000000")]
    [InlineData("c60000000100")]
    [InlineData("c6ffffffff00")]
    [InlineData("a0")]
    [InlineData("00")]
    [InlineData("90")]
    public void Other_forms_are_no_byte_string(string hex)
    {
        var reader = new MessagePackReader(Bytes.Hex(hex));
        Assert.False(reader.TryReadBinary(int.MaxValue, out _));
    }

    [Theory]
    [InlineData(0, "a0")]
    [InlineData(31, "bf")]
    [InlineData(32, "d920")]
    [InlineData(255, "d9ff")]
    [InlineData(256, "da0100")]
    [InlineData(65535, "daffff")]
    [InlineData(65536, "db00010000")]
    public void Text_has_the_shortest_header(int length, string header)
    {
        string text = new('x', length);
        byte[] bytes = Bytes.Encoded((ref MessagePackWriter w) => w.Write(text));
        Assert.Equal([.. Bytes.Hex(header), .. Bytes.Utf8(text)], bytes);
        var reader = new MessagePackReader(bytes);
        Assert.True(reader.TryReadString(length, out string read) && reader.End);
        Assert.Equal(text, read);
        var capped = new MessagePackReader(bytes);
        Assert.True(length == 0 || !capped.TryReadString(length - 1, out _));
    }

    [Fact]
    public void Text_of_several_bytes_a_letter_is_counted_in_bytes()
    {
        const string Text = "Größe 漢字 🙂";
        byte[] bytes = Bytes.Encoded((ref MessagePackWriter w) => w.Write(Text));
        var reader = new MessagePackReader(bytes);
        Assert.True(reader.TryReadString(Bytes.Utf8(Text).Length, out string read));
        Assert.Equal(Text, read);
        var capped = new MessagePackReader(bytes);
        Assert.False(capped.TryReadString(Text.Length, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a1")]
    [InlineData("a180")] // a lone continuation byte
    [InlineData("a2c080")] // overlong
    [InlineData("a3eda080")] // a surrogate
    [InlineData("a4f4908080")] // above U+10FFFF
    [InlineData("d900")]
    [InlineData("d90161")]
    [InlineData("da000161")]
    [InlineData("db0000000161")]
    [InlineData("dbffffffff61")]
    [InlineData("c40161")]
    [InlineData("01")]
    public void Other_forms_are_no_text(string hex)
    {
        var reader = new MessagePackReader(Bytes.Hex(hex));
        Assert.False(reader.TryReadString(int.MaxValue, out _));
    }

    [Theory]
    [InlineData(0, "90")]
    [InlineData(15, "9f")]
    [InlineData(16, "dc0010")]
    [InlineData(65535, "dcffff")]
    [InlineData(65536, "dd00010000")]
    public void Arrays_have_the_shortest_header(int count, string header)
    {
        byte[] bytes = Bytes.Encoded((ref MessagePackWriter w) =>
        {
            w.WriteArrayHeader(count);
            for (int i = 0; i < count; i++)
            {
                w.WriteNil();
            }
        });
        Assert.Equal(header, Convert.ToHexStringLower(bytes.AsSpan(0, header.Length / 2)));
        var reader = new MessagePackReader(bytes);
        Assert.True(reader.TryReadArrayHeader(count) && reader.Remaining == count);
        var open = new MessagePackReader(bytes);
        Assert.True(open.TryReadArrayHeader(int.MaxValue, out int read) && read == count);
        var capped = new MessagePackReader(bytes);
        Assert.True(count == 0 || !capped.TryReadArrayHeader(count - 1, out _));
        var other = new MessagePackReader(bytes);
        Assert.False(other.TryReadArrayHeader(count + 1));
        var truncated = new MessagePackReader(bytes.AsSpan(0, bytes.Length - 1));
        Assert.False(truncated.TryReadArrayHeader(int.MaxValue, out _));
    }

    [Theory]
    [InlineData("dc000100")]
    [InlineData("dc00")]
    [InlineData("dd0000000100")]
    [InlineData("ddffffffff00")] // more items than bytes
    [InlineData("dd7fffffff00")]
    [InlineData("80")] // a map
    [InlineData("c0")]
    public void Other_forms_are_no_array(string hex)
    {
        var reader = new MessagePackReader(Bytes.Hex(hex));
        Assert.False(reader.TryReadArrayHeader(int.MaxValue, out _));
    }

    [Fact]
    public void Booleans_and_nil_are_one_byte()
    {
        Assert.Equal("c3c2c0", Written((ref MessagePackWriter w) =>
        {
            w.Write(true);
            w.Write(false);
            w.WriteNil();
        }));
        var reader = new MessagePackReader(Bytes.Hex("c3c2c0"));
        Assert.True(reader.TryReadBoolean(out bool yes) && yes);
        Assert.False(reader.TryReadNil());
        Assert.True(reader.TryReadBoolean(out bool no) && !no);
        Assert.True(reader.TryReadNil() && reader.End);
        Assert.False(reader.TryReadNil());
        Assert.False(reader.TryReadBoolean(out _));
        var other = new MessagePackReader(Bytes.Hex("01"));
        Assert.False(other.TryReadBoolean(out _));
    }

    [Fact]
    public void Hashes_and_node_ids_are_byte_strings_of_32()
    {
        byte[] bytes = Bytes.Encoded((ref MessagePackWriter w) =>
        {
            w.Write(Bytes.Hash(1));
            w.Write(new NodeId(Bytes.Count(2, 32)));
        });
        Assert.Equal([0xc4, 32, .. Bytes.Count(1, 32), 0xc4, 32, .. Bytes.Count(2, 32)], bytes);
        var reader = new MessagePackReader(bytes);
        Assert.True(reader.TryReadHash(out Hash256 hash) && hash == Bytes.Hash(1));
        Assert.True(reader.TryReadNodeId(out NodeId id) && id == new NodeId(Bytes.Count(2, 32)) && reader.End);
        var shorter = new MessagePackReader([0xc4, 31, .. Bytes.Count(1, 31)]);
        Assert.False(shorter.TryReadHash(out _));
        var longer = new MessagePackReader([0xc4, 33, .. Bytes.Count(1, 33)]);
        Assert.False(longer.TryReadNodeId(out _));
    }

    /// <summary>Every first byte, followed by every kind of filling: no reader method ever throws.</summary>
    [Fact]
    public void No_first_byte_makes_a_reader_throw()
    {
        foreach (byte fill in new byte[] { 0x00, 0x01, 0x7f, 0x80, 0xff })
        {
            for (int first = 0; first < 256; first++)
            {
                for (int length = 1; length < 12; length++)
                {
                    var bytes = new byte[length];
                    Array.Fill(bytes, fill);
                    bytes[0] = (byte)first;
                    new MessagePackReader(bytes).TryReadUInt64(out _);
                    new MessagePackReader(bytes).TryReadInt64(out _);
                    new MessagePackReader(bytes).TryReadBoolean(out _);
                    new MessagePackReader(bytes).TryReadNil();
                    new MessagePackReader(bytes).TryReadBinary(int.MaxValue, out _);
                    new MessagePackReader(bytes).TryReadString(int.MaxValue, out _);
                    new MessagePackReader(bytes).TryReadArrayHeader(int.MaxValue, out _);
                    new MessagePackReader(bytes).TryReadHash(out _);
                }
            }
        }
    }

    private delegate bool Reading(ref MessagePackReader reader);

    private static bool Read(ulong value, Reading read)
    {
        var reader = new MessagePackReader(Bytes.Encoded((ref MessagePackWriter w) => w.Write(value)));
        return read(ref reader);
    }

    private static string Written(Bytes.Encoder encode) => Convert.ToHexStringLower(Bytes.Encoded(encode));
}
