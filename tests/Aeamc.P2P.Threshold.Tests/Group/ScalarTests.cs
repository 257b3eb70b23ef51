using System.Globalization;
using System.Numerics;
using Aeamc.P2P.Threshold.Group;
using FsCheck;
using FsCheck.Fluent;

namespace Aeamc.P2P.Threshold.Tests.Group;

public class ScalarTests
{
    private static readonly BigInteger N =
        BigInteger.Parse("0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>Uniform words, with the words that break carries (0, 1, all ones, near n) much more often than by chance.</summary>
    private static readonly Gen<Scalar> Scalars =
        from bytes in Gen.ArrayOf(Gen.Frequency((3, Gen.Choose(0, 255)), (1, Gen.Constant(0)), (1, Gen.Constant(255))), 64)
        from edge in Gen.Choose(0, 7)
        select edge switch
        {
            0 => FromBig(BigInteger.Zero),
            1 => FromBig(N - 1 - bytes[0]),
            2 => FromBig(bytes[0]),
            _ => Scalar.Reduce([.. bytes.Select(b => (byte)b)]),
        };

    [Fact]
    public void Arithmetic_agrees_with_BigInteger()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Arb.From(Scalars), Arb.From(Scalars), (left, right) =>
        {
            BigInteger a = ToBig(left), b = ToBig(right);
            Assert.Equal((a + b) % N, ToBig(left + right));
            Assert.Equal((a - b + N) % N, ToBig(left - right));
            Assert.Equal(a * b % N, ToBig(left * right));
            Assert.Equal((N - a) % N, ToBig(-left));
            Assert.Equal(BigInteger.ModPow(a, N - 2, N), ToBig(left.Inverse()));
        }));
    }

    [Fact]
    public void Reduction_agrees_with_BigInteger_at_every_length()
    {
        Gen<byte[]> inputs = from length in Gen.Choose(0, 64)
                             from bytes in Gen.ArrayOf(Gen.Frequency((2, Gen.Choose(0, 255)), (1, Gen.Constant(255))), length)
                             select bytes.Select(b => (byte)b).ToArray();
        Check.QuickThrowOnFailure(Prop.ForAll(Arb.From(inputs), bytes =>
            Assert.Equal(new BigInteger(bytes, isUnsigned: true, isBigEndian: true) % N, ToBig(Scalar.Reduce(bytes)))));
        Assert.Equal((BigInteger.Pow(2, 512) - 1) % N, ToBig(Scalar.Reduce([.. Enumerable.Repeat((byte)255, 64)])));
    }

    [Fact]
    public void Only_reduced_encodings_are_read()
    {
        Assert.True(Scalar.TryDecode(ToBytes(N - 1), out Scalar last));
        Assert.Equal(N - 1, ToBig(last));
        Assert.False(Scalar.TryDecode(ToBytes(N), out _));
        Assert.False(Scalar.TryDecode([.. Enumerable.Repeat((byte)255, 32)], out _));
        Assert.False(Scalar.TryDecode(new byte[31], out _));
        Assert.False(Scalar.TryDecode(new byte[33], out _));
        Assert.True(Scalar.TryDecode(new byte[32], out Scalar zero) && zero.IsZero);
    }

    [Fact]
    public void A_scalar_does_not_print_its_value() => Assert.Equal("Scalar", Scalar.One.ToString());

    private static BigInteger ToBig(Scalar scalar) => new(scalar.ToArray(), isUnsigned: true, isBigEndian: true);

    private static Scalar FromBig(BigInteger value) => Scalar.TryDecode(ToBytes(value), out Scalar scalar) ? scalar : throw new InvalidOperationException();

    private static byte[] ToBytes(BigInteger value)
    {
        var bytes = new byte[32];
        byte[] minimal = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        minimal.CopyTo(bytes, 32 - minimal.Length);
        return bytes;
    }
}
