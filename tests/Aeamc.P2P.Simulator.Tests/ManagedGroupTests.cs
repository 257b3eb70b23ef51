using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Checkers;
using Aeamc.P2P.Simulator.Signing;
using Aeamc.P2P.Threshold.Frost;
using Aeamc.P2P.Threshold.Group;

namespace Aeamc.P2P.Simulator.Tests;

/// <summary>The simulator's curve beside libsecp256k1, and its checker's beside both.</summary>
public class ManagedGroupTests
{
    private static readonly ManagedGroup Managed = ManagedGroup.Shared;
    private static readonly Secp256k1Group Native = Secp256k1Group.Shared;

    private static Scalar ScalarOf(int number) => Scalar.Reduce([.. Hash256.Of(BitConverter.GetBytes(number)).ToArray(), .. Hash256.Of(BitConverter.GetBytes(-1 - number)).ToArray()]);

    private static Scalar MinusOne => -Scalar.One;

    [Fact]
    public void It_computes_what_libsecp256k1_computes()
    {
        Scalar[] scalars = [Scalar.Zero, Scalar.One, MinusOne, Scalar.FromUInt32(2), Scalar.FromUInt64(ulong.MaxValue), .. Enumerable.Range(0, 40).Select(ScalarOf)];
        CurvePoint[] points = [.. scalars.Select(Native.MultiplyBase)];
        for (int i = 0; i < scalars.Length; i++)
        {
            Assert.Equal(points[i], Managed.MultiplyBase(scalars[i]));
            CurvePoint other = points[(i + 7) % points.Length];
            Assert.Equal(Native.Multiply(other, scalars[i]), Managed.Multiply(other, scalars[i]));
            Assert.Equal(Native.Sum(points[i], other, points[^1]), Managed.Sum(points[i], other, points[^1]));
            Assert.Equal(Native.Negate(points[i]), Managed.Negate(points[i]));
            Assert.Equal(points[i].IsIdentity ? CurvePoint.Identity : Native.Sum(points[i], points[i]), Managed.Sum(points[i], points[i]));
            Assert.Equal(CurvePoint.Identity, Managed.Sum(points[i], Managed.Negate(points[i])));
            if (!points[i].IsIdentity)
            {
                var native = new byte[65];
                var managed = new byte[65];
                Native.WriteUncompressed(points[i], native);
                Managed.WriteUncompressed(points[i], managed);
                Assert.Equal(native, managed);
            }
        }
    }

    [Fact]
    public void It_takes_the_encodings_that_libsecp256k1_takes()
    {
        int taken = 0;
        for (int i = 0; i < 400; i++)
        {
            byte[] bytes = [(byte)(i % 5), .. Hash256.Of(BitConverter.GetBytes(i)).ToArray()];
            Assert.Equal(Native.TryDecode(bytes, out CurvePoint native), Managed.TryDecode(bytes, out CurvePoint managed));
            Assert.Equal(native, managed);
            taken += managed.IsIdentity ? 0 : 1;
        }

        Assert.InRange(taken, 40, 120);
        byte[] large = [2, .. Enumerable.Repeat((byte)0xff, 32)];
        Assert.False(Managed.TryDecode(large, out _));
        Assert.False(Managed.TryDecode(large.AsSpan(1), out _));
    }

    [Fact]
    public void The_checker_takes_the_signatures_that_the_library_takes_and_no_others()
    {
        for (int i = 0; i < 8; i++)
        {
            Scalar secret = ScalarOf(i);
            Scalar nonce = ScalarOf(1000 + i);
            byte[] message = Hash256.Of(BitConverter.GetBytes(i)).ToArray();
            CurvePoint key = Native.MultiplyBase(secret);
            CurvePoint r = Native.MultiplyBase(nonce);
            var signature = new FrostSignature(r, nonce + (FrostHash.Challenge(r, key, message) * secret));
            Assert.True(signature.Verify(Native, key, message));
            Assert.True(SchnorrCheck.Verify(key.ToArray(), message, signature.ToArray()));
            for (int at = 0; at < FrostSignature.Size; at += 8)
            {
                byte[] forged = signature.ToArray();
                forged[at] ^= 1;
                Assert.False(SchnorrCheck.Verify(key.ToArray(), message, forged));
            }

            Assert.False(SchnorrCheck.Verify(Native.Negate(key).ToArray(), message, signature.ToArray()));
            Assert.False(SchnorrCheck.Verify(key.ToArray(), [.. message[1..], 0], signature.ToArray()));
        }
    }
}
