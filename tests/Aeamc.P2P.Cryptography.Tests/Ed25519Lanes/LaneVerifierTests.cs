using Aeamc.P2P.Cryptography.Ed25519Lanes;

namespace Aeamc.P2P.Cryptography.Tests.Ed25519Lanes;

/// <summary>The lanes against libsodium, the oracle: the same verdict on everything, in every lane, whatever the other lanes hold.</summary>
public class LaneVerifierTests
{
    private const string Reason = "This machine has no AVX-512: nodes on it verify by libsodium, which the other tests of this room cover.";

    // RFC 8032 section 7.1: key, message, signature of tests 1, 2, 3, 1024 (left to the random ones) and "SHA(abc)".
    public static readonly string[][] Rfc8032 =
    [
        [
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ],
        [
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ],
        [
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ],
        [
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
        ],
    ];

    private readonly LaneVerifier _verifier = new(keyCapacity: 16);

    [Fact]
    public void Published_vectors_verify_in_every_lane_and_in_partial_groups()
    {
        Assert.SkipUnless(LaneVerifier.IsSupported, Reason);
        Ed25519Claim[] vectors = [.. Rfc8032.Select(v => new Ed25519Claim(Hex(v[0]), Hex(v[1]), Hex(v[2])))];
        for (int count = 1; count <= 8; count++)
        {
            for (int first = 0; first < vectors.Length; first++)
            {
                Ed25519Claim[] group = [.. Enumerable.Range(first, count).Select(i => vectors[i % vectors.Length])];
                Assert.Equal((1 << count) - 1, Oracle.Lanes(group, _verifier));
            }
        }

        Assert.Equal(0, Oracle.Lanes([], _verifier));
    }

    [Fact]
    public void One_bad_signature_is_the_only_one_refused()
    {
        Assert.SkipUnless(LaneVerifier.IsSupported, Reason);
        Ed25519Claim good = new(Hex(Rfc8032[1][0]), Hex(Rfc8032[1][1]), Hex(Rfc8032[1][2]));
        for (int count = 1; count <= 8; count++)
        {
            for (int bad = 0; bad < count; bad++)
            {
                Ed25519Claim[] group = [.. Enumerable.Repeat(good, count)];
                group[bad] = good with { Message = new byte[] { 0x73 } };
                Assert.Equal(((1 << count) - 1) & ~(1 << bad), Oracle.Lanes(group, _verifier));
            }
        }
    }

    [Fact]
    public void Every_flipped_bit_of_a_signature_and_of_a_key_is_judged_as_libsodium_judges_it()
    {
        Assert.SkipUnless(LaneVerifier.IsSupported, Reason);
        byte[] key = Hex(Rfc8032[2][0]), message = Hex(Rfc8032[2][1]), signature = Hex(Rfc8032[2][2]);
        List<Ed25519Claim> claims = [];
        for (int bit = 0; bit < 768; bit++)
        {
            byte[] k = [.. key], s = [.. signature];
            (bit < 512 ? s : k)[bit % 512 / 8] ^= (byte)(1 << (bit % 8));
            claims.Add(new Ed25519Claim(k, message, s));
        }

        Oracle.AssertSameVerdicts(claims, expectedValid: 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_claims_of_every_kind_get_the_verdict_of_libsodium(int seed)
    {
        Assert.SkipUnless(LaneVerifier.IsSupported, Reason);
        var random = new Random(seed);
        Ed25519PrivateKey[] keys = [.. Enumerable.Range(0, 24).Select(_ => Ed25519PrivateKey.FromSeed(Bytes(random, 32)))];
        List<Ed25519Claim> claims = [.. Enumerable.Range(0, 4000).Select(_ => RandomClaims.Next(random, keys))];
        Oracle.AssertSameVerdicts(claims);
        Array.ForEach(keys, key => key.Dispose());
    }

    [Fact]
    public void Long_messages_are_hashed_whole()
    {
        Assert.SkipUnless(LaneVerifier.IsSupported, Reason);
        using Ed25519PrivateKey key = Ed25519PrivateKey.FromSeed(new byte[32]);
        List<Ed25519Claim> claims = [];
        foreach (int length in (int[])[0, 1, 63, 64, 65, 959, 960, 961, 1024, 5000, 65536])
        {
            byte[] message = [.. Enumerable.Range(0, length).Select(i => (byte)(i % 251))];
            var claim = new Ed25519Claim(key.PublicKey.ToArray(), message, key.Sign(message));
            claims.Add(claim);
            claims.Add(claim with { Message = (byte[])[.. message, 0] });
        }

        Oracle.AssertSameVerdicts(claims, expectedValid: 11);
    }

    [Fact]
    public void Wrong_lengths_are_refused()
    {
        Assert.SkipUnless(LaneVerifier.IsSupported, Reason);
        Ed25519Claim good = new(Hex(Rfc8032[1][0]), Hex(Rfc8032[1][1]), Hex(Rfc8032[1][2]));
        Ed25519Claim[] group =
        [
            good with { Key = new byte[31] }, good, good with { Key = new byte[33] }, good with { Signature = good.Signature[..63] }, good,
            good with { Signature = new byte[65] }, default,
        ];
        Assert.Equal(0b0010010, Oracle.Lanes(group, _verifier));
    }

    [Fact]
    public async Task Threads_that_share_its_tables_do_not_disturb_each_other()
    {
        Assert.SkipUnless(LaneVerifier.IsSupported, Reason);
        Ed25519PrivateKey[] keys = [.. Enumerable.Range(0, 40).Select(i => Ed25519PrivateKey.FromSeed([(byte)i, .. new byte[31]]))];
        var small = new LaneVerifier(keyCapacity: 16);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (int round = 0; round < 40; round++)
            {
                Ed25519Claim[] claims = [.. Enumerable.Range(0, 37).Select(_ => RandomClaims.Next(random, keys))];
                bool[] verdicts = new bool[claims.Length];
                small.Verify(claims, verdicts);
                Assert.Equal(claims.Select(Oracle.Verify), verdicts);
            }
        })));
        Array.ForEach(keys, key => key.Dispose());
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
