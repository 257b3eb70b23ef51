using System.Security.Cryptography;
using Aeamc.P2P.Cryptography.Ed25519Lanes;
using Aeamc.P2P.Native.Sodium;

namespace Aeamc.P2P.Cryptography.Tests.Ed25519Lanes;

/// <summary>
/// Where implementations of Ed25519 differ: points of small and of mixed order, encodings that are not canonical, equations that hold only with the
/// cofactor. libsodium decides; the lanes must agree on each.
/// </summary>
public unsafe class EdgeCaseTests
{
    private const string Reason = "This machine has no AVX-512: nodes on it verify by libsodium itself.";

    // "Taming the many EdDSAs" (Chalkias, Garillot, Nikolaenko), the cases that its repository ed25519-speccheck publishes: message, key, signature.
    private static readonly string[][] Speccheck =
    [
        [
            "8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a0000000000000000000000000000000000000000000000000000000000000000",
        ],
        [
            "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
            "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
        ],
        [
            "aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab", "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e",
        ],
        [
            "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79", "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
            "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009",
        ],
        [
            "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c", "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
            "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09",
        ],
        [
            "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c", "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
            "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405",
        ],
        [
            "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40", "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
            "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514",
        ],
        [
            "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40", "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
            "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa19427e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22",
        ],
        [
            "fdaebc429f4a735932a160da1301080c13280eea8bc280d1b392c6b9e6ba3a5a", "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f454d370c8d9fc323a41450f8d513eafeb5b0697390c1e505a0d4ddc71f566607",
        ],
        [
            "84b698d39be126ff55fe45079e6c8bf64a0d7db6994560b4e96b7021eb39c1a1", "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f084d5b99c2a9463d9c8bd5026916996984eeec87ddf1d3be329006ace1b37b09",
        ],
    ];

    // The eight points whose order divides 8, then what also decodes to one of them: x = 0 with the sign set, y = p and y = p + 1.
    private static readonly string[] SmallOrder =
    [
        "0100000000000000000000000000000000000000000000000000000000000000", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000", "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "0100000000000000000000000000000000000000000000000000000000000080", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ];

    [Fact]
    public void Published_edge_cases_get_the_verdict_of_libsodium()
    {
        Assert.SkipUnless(LaneVerifier.IsSupported, Reason);

        // The fourth alone: R and A of mixed order, and the equation holds without the cofactor. The fifth holds only with it.
        Ed25519Claim[] claims = [.. Speccheck.Select(c => new Ed25519Claim(Hex(c[1]), Hex(c[0]), Hex(c[2])))];
        Assert.Equal([false, false, false, true, false, false, false, false, false, false], claims.Select(Oracle.Verify));
        Oracle.AssertSameVerdicts([.. claims, .. claims, .. claims, .. claims]);
    }

    [Fact]
    public void Every_pair_of_small_and_mixed_order_points_gets_the_verdict_of_libsodium()
    {
        Assert.SkipUnless(LaneVerifier.IsSupported, Reason);
        List<Ed25519Claim> claims = [];
        (byte[] Point, byte[] Scalar)[] points = [.. SmallOrder.Select(p => (Hex(p), new byte[32])), .. SmallOrder.Take(8).Select(Mixed)];
        foreach ((byte[] key, byte[] a) in points)
        {
            foreach ((byte[] commitment, byte[] r) in points)
            {
                for (byte number = 0; number < 8; number++)
                {
                    claims.Add(Sign(key, a, commitment, r, [number]));
                }
            }
        }

        // Mixed order is accepted where the torsion happens to cancel: about one in eight of such pairs, and always when there is none.
        int valid = claims.Count(Oracle.Verify);
        Assert.InRange(valid, 1, claims.Count / 8);
        Oracle.AssertSameVerdicts(claims);
    }

    [Fact]
    public void Encodings_around_the_modulus_and_scalars_around_the_order_get_the_verdict_of_libsodium()
    {
        Assert.SkipUnless(LaneVerifier.IsSupported, Reason);
        byte[] message = [1, 2, 3];
        using Ed25519PrivateKey signer = Ed25519PrivateKey.FromSeed(new byte[32]);
        byte[] key = signer.PublicKey.ToArray(), signature = signer.Sign(message);
        List<Ed25519Claim> claims = [];
        for (int low = 0; low < 256; low++)
        {
            foreach (byte top in (byte[])[0x7f, 0xff])
            {
                byte[] point = [(byte)low, .. Enumerable.Repeat((byte)0xff, 30), top];
                claims.Add(new Ed25519Claim(point, message, signature));
                claims.Add(new Ed25519Claim(key, message, (byte[])[.. point, .. signature[32..]]));
            }

            System.Numerics.BigInteger near = RandomClaims.Order - 128 + low;
            byte[] s = new byte[32];
            Assert.True(near.TryWriteBytes(s, out _, isUnsigned: true));
            claims.Add(new Ed25519Claim(key, message, (byte[])[.. signature[..32], .. s]));
        }

        Oracle.AssertSameVerdicts(claims, expectedValid: 0);
    }

    [Fact]
    public void Scalars_zero_and_one_and_the_greatest_are_computed_rightly()
    {
        Assert.SkipUnless(LaneVerifier.IsSupported, Reason);
        byte[] zero = new byte[32], one = [1, .. new byte[31]], greatest = new byte[32];
        Assert.True((RandomClaims.Order - 1).TryWriteBytes(greatest, out _, isUnsigned: true));
        List<Ed25519Claim> claims = [];
        foreach (byte[] a in (byte[][])[one, greatest])
        {
            foreach (byte[] r in (byte[][])[one, greatest])
            {
                for (byte number = 0; number < 8; number++)
                {
                    claims.Add(Sign(Multiple(a), a, Multiple(r), r, [number]));
                }
            }

            // S = 0 and S = 1 with an honest key: refused by the equation alone.
            claims.Add(new Ed25519Claim(Multiple(a), new byte[1], (byte[])[.. Multiple(one), .. zero]));
            claims.Add(new Ed25519Claim(Multiple(a), new byte[1], (byte[])[.. Multiple(one), .. one]));
        }

        Oracle.AssertSameVerdicts(claims, expectedValid: 32);
    }

    /// <summary>R and S = r + h a: what a signer whose key and commitment are those bytes would send.</summary>
    private static Ed25519Claim Sign(byte[] key, byte[] a, byte[] commitment, byte[] r, byte[] message)
    {
        byte[] signature = [.. commitment, .. new byte[32]];
        byte[] digest = SHA512.HashData((byte[])[.. commitment, .. key, .. message]);
        byte[] h = new byte[32];
        fixed (byte* ph = h, pd = digest, pa = a, pr = r, ps = &signature[32])
        {
            LibSodium.crypto_core_ed25519_scalar_reduce(ph, pd);
            LibSodium.crypto_core_ed25519_scalar_mul(ph, ph, pa);
            LibSodium.crypto_core_ed25519_scalar_add(ps, ph, pr);
        }

        return new Ed25519Claim(key, message, signature);
    }

    /// <summary>A scalar and its multiple of the base point plus a point of small order.</summary>
    private static (byte[] Point, byte[] Scalar) Mixed(string torsion, int index)
    {
        byte[] scalar = [(byte)(index + 2), 77, .. new byte[29], 3];
        byte[] point = Multiple(scalar);
        fixed (byte* p = point, t = Hex(torsion))
        {
            Assert.Equal(0, LibSodium.crypto_core_ed25519_add(p, p, t));
        }

        return (point, scalar);
    }

    private static byte[] Multiple(byte[] scalar)
    {
        byte[] point = new byte[32];
        fixed (byte* p = point, s = scalar)
        {
            Assert.Equal(0, LibSodium.crypto_scalarmult_ed25519_base_noclamp(p, s));
        }

        return point;
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
