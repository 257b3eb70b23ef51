namespace Aeamc.P2P.Primitives.Tests;

public class StateProofTests
{
    private const string Present = """
        940bc402f820c4c0f25822b31a2fdb6602f84edd3d9391d7362bd0ac882d0e32315937acc2c95874bfa8d45141ecbd3112619365b04fe9827a30ec1e
        07e6a4438e49d473f78b3f9d42742d017a96d3ebdf479eac86418cbef9033b6a3f564275a12967a1c12807d0b67d7aeb648b07b1b2e84d1a56cc7622
        0e14b5c23b446073dfb33519557fa84eec8212cba4222fe8ada0ff67b9caa2eff42ecdeb7ba5933dfef65e198f28bb80d1d58a2ae064592368d91c54
        8c5bcbc79472cef10818f38ba5ef13b19d3920f7c0
        """;

    private const string AbsentEmpty = """
        9407c401fac4c0f25822b31a2fdb6602f84edd3d9391d7362bd0ac882d0e32315937acc2c95874bfa8d45141ecbd3112619365b04fe9827a30ec1e07
        e6a4438e49d473f78b3f9d42742d017a96d3ebdf479eac86418cbef9033b6a3f564275a12967a1c12807d0b67d7aeb648b07b1b2e84d1a56cc76220e
        14b5c23b446073dfb33519557fa84eec8212cba4222fe8ada0ff67b9caa2eff42ecdeb7ba5933dfef65e198f28bb80a238b47d586a21515fa222abc4
        f9095a577e18ff24b9486b91cfcee2e3898a16c0
        """;

    private const string AbsentOther = """
        9407c401fec4e0f25822b31a2fdb6602f84edd3d9391d7362bd0ac882d0e32315937acc2c958748220193db3b66604049f84a868093d63c2427a2fd7
        4349197cc3afe42ed5db1db73492f999c756f1e04ea7e8b8f303d23f3f6b3b8bf81fa8ff209154b42eacdfdd9262007ddb1197d04c7a3a7bc30ad601
        4f5e7f80b8d1f5aadee380c475adb4213027d8ac61d9c4d3f7a3ef091150852eede5c2a22a84d60715a343012decf4f9408c4bd404309959ca3eb7fb
        c76e340814d36abd167768c1063cd1aeaa6c191eb74a36c78d919393a898901a7953cead834539d522952d0b1b027846bc0aaec440580a7865c0b557
        a35f895c1d166b3a7c8efdd6a441a5a30490ac71a487fd31aec6a6fdca5242265377fa542fa6e2cdd191dab92907976f13270176d19bf27952
        """;

    private static readonly StateTree Tree = StateTreeTests.Hundred();

    [Theory]
    [InlineData("key7", Present)]
    [InlineData("absent3", AbsentEmpty)]
    [InlineData("absent0", AbsentOther)]
    public void Bytes_are_frozen(string key, string golden)
    {
        StateProof proof = Tree.Prove(Bytes.Utf8(key));
        Assert.Equal(Bytes.Hex(golden), Bytes.Encoded((ref MessagePackWriter w) => proof.Encode(ref w)));
        StateProof decoded = Decode(Bytes.Hex(golden))!;
        Assert.Equal(key == "key7", decoded.VerifyPresent(Tree.Root, Bytes.Utf8(key), "value7"u8));
        Assert.Equal(key != "key7", decoded.VerifyAbsent(Tree.Root, Bytes.Utf8(key)));
    }

    [Fact]
    public void A_proof_speaks_for_its_own_key_only()
    {
        StateProof present = Tree.Prove("key7"u8);
        StateProof absent = Tree.Prove("absent0"u8);
        for (int i = 0; i < 100; i++)
        {
            byte[] key = Bytes.Utf8($"key{i}");
            Assert.Equal(i == 7, present.VerifyPresent(Tree.Root, key, Bytes.Utf8($"value{i}")));
            Assert.False(present.VerifyAbsent(Tree.Root, key));
            Assert.False(absent.VerifyAbsent(Tree.Root, key));
            Assert.False(absent.VerifyPresent(Tree.Root, key, Bytes.Utf8($"value{i}")));
        }
    }

    [Fact]
    public void Any_changed_bit_of_a_proof_breaks_it()
    {
        byte[] bytes = Bytes.Hex(AbsentOther);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] altered = [.. bytes];
            altered[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Decode(altered)?.VerifyAbsent(Tree.Root, Bytes.Utf8("absent0")) ?? false);
        }
    }

    [Fact]
    public void The_deepest_proof_is_read_and_one_deeper_is_not()
    {
        Assert.NotNull(Decode(Bytes.Hex("94cd0100c420" + new string('f', 64) + "c52000" + string.Concat(Enumerable.Repeat("01", 8192)) + "c0")));
        Assert.NotNull(Decode(Bytes.Hex("94cd0100c420" + new string('0', 64) + "c400c0")));
        Assert.Null(Decode(Bytes.Hex("94cd0101c421" + new string('0', 66) + "c400c0")));
    }

    [Theory]
    [InlineData("9400c400c400c0", true)]
    [InlineData("9401c40100c400c0", true)]
    [InlineData("9401c40140c400c0", false)] // an unused bit is set
    [InlineData("9401c40180c400c0", false)] // a sibling is missing
    [InlineData("9401c40180c4200000000000000000000000000000000000000000000000000000000000000000c0", false)] // an empty one spelled out
    [InlineData("9401c400c400c0", false)] // bitmap too short
    [InlineData("9300c400c400", false)]
    [InlineData("9400c400c400c2", false)]
    public void Only_canonical_proofs_are_read(string hex, bool accepted) => Assert.Equal(accepted, Decode(Bytes.Hex(hex)) is not null);

    [Fact]
    public void Decoder_never_throws_and_accepts_one_encoding() => DecoderFuzz.Run(
        input => Decode(input) is { } proof ? Bytes.Encoded((ref MessagePackWriter w) => proof.Encode(ref w)) : null,
        Bytes.Hex(Present),
        Bytes.Hex(AbsentEmpty),
        Bytes.Hex(AbsentOther));

    private static StateProof? Decode(byte[] bytes)
    {
        var reader = new MessagePackReader(bytes);
        return StateProof.TryDecode(ref reader, out StateProof? proof) && reader.End ? proof : null;
    }
}
