using Aeamc.P2P.Cryptography.Evm;

namespace Aeamc.P2P.Anchoring.Tests.Evm;

/// <summary>The examples of the Ethereum documentation of RLP.</summary>
public sealed class RlpTests
{
    [Fact]
    public void Strings()
    {
        Assert.Equal("83646f67", Text(Rlp.Bytes("dog"u8)));
        Assert.Equal("80", Text(Rlp.Bytes([])));
        Assert.Equal("00", Text(Rlp.Bytes([0])));
        Assert.Equal("7f", Text(Rlp.Bytes([0x7f])));
        Assert.Equal("8180", Text(Rlp.Bytes([0x80])));
        Assert.Equal(
            "b8384c6f72656d20697073756d20646f6c6f722073697420616d65742c20636f6e7365637465747572206164697069736963696e6720656c6974",
            Text(Rlp.Bytes("Lorem ipsum dolor sit amet, consectetur adipisicing elit"u8)));
        Assert.StartsWith("b90400", Text(Rlp.Bytes(new byte[1024])));
    }

    [Fact]
    public void Numbers()
    {
        Assert.Equal("80", Text(Rlp.Number(0)));
        Assert.Equal("0f", Text(Rlp.Number(15)));
        Assert.Equal("820400", Text(Rlp.Number(1024)));
        Assert.Equal("82ffff", Text(Rlp.Number([0, 0, 0xff, 0xff])));
    }

    [Fact]
    public void Lists()
    {
        Assert.Equal("c0", Text(Rlp.List()));
        Assert.Equal("c88363617483646f67", Text(Rlp.List(Rlp.Bytes("cat"u8), Rlp.Bytes("dog"u8))));
        byte[] empty = Rlp.List();
        Assert.Equal("c7c0c1c0c3c0c1c0", Text(Rlp.List(empty, Rlp.List(empty), Rlp.List(empty, Rlp.List(empty)))));
        Assert.StartsWith("f838", Text(Rlp.List(Rlp.Bytes(new byte[55]))));
    }

    private static string Text(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
