using System.Security.Cryptography;
using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.Native.Secp256k1;
using Aeamc.P2P.Threshold.Group;

namespace Aeamc.P2P.Cryptography.Tests.Secp256k1;

public class Secp256k1GroupTests
{
    private static readonly Secp256k1Group Group = Secp256k1Group.Shared;

    [Fact]
    public void The_base_point_and_its_multiples_are_the_published_ones()
    {
        Assert.Equal("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", Group.MultiplyBase(Scalar.One).ToString());
        Assert.Equal("02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5", Group.MultiplyBase(Scalar.FromUInt32(2)).ToString());
        Assert.Equal("0379be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", Group.MultiplyBase(-Scalar.One).ToString());
    }

    [Fact]
    public void The_three_multiplications_agree_and_distribute()
    {
        for (int i = 0; i < 50; i++)
        {
            Scalar a = Random(), b = Random();
            CurvePoint p = Group.MultiplyBase(a);
            Assert.Equal(Group.MultiplyBase(a * b), Group.Multiply(p, b));
            Assert.Equal(Group.MultiplyBase(a * b), Group.MultiplySecret(p, b));
            Assert.Equal(Group.MultiplyBase(a + b), Group.Sum(p, Group.MultiplyBase(b)));
            Assert.Equal(Group.MultiplyBase(-a), Group.Negate(p));
        }
    }

    [Fact]
    public void The_identity_and_the_zero_scalar_are_ordinary_arguments()
    {
        long before = Secp256k1ContextHandle.IllegalArguments;
        CurvePoint g = Group.MultiplyBase(Scalar.One);
        Assert.True(Group.MultiplyBase(Scalar.Zero).IsIdentity);
        Assert.True(Group.Multiply(g, Scalar.Zero).IsIdentity);
        Assert.True(Group.MultiplySecret(g, Scalar.Zero).IsIdentity);
        Assert.True(Group.Multiply(CurvePoint.Identity, Scalar.One).IsIdentity);
        Assert.True(Group.MultiplySecret(CurvePoint.Identity, Scalar.One).IsIdentity);
        Assert.True(Group.Negate(CurvePoint.Identity).IsIdentity);
        Assert.True(Group.Sum().IsIdentity);
        Assert.True(Group.Sum(g, Group.Negate(g)).IsIdentity);
        Assert.Equal(g, Group.Sum(CurvePoint.Identity, g, CurvePoint.Identity));
        Assert.Equal(before, Secp256k1ContextHandle.IllegalArguments);
    }

    [Fact]
    public void Only_compressed_points_of_the_curve_are_read()
    {
        byte[] g = Group.MultiplyBase(Scalar.One).ToArray();
        Assert.True(Group.TryDecode(g, out CurvePoint read));
        Assert.Equal(g, read.ToArray());
        Assert.False(Group.TryDecode(new byte[33], out _));
        Assert.False(Group.TryDecode(g.AsSpan(0, 32), out _));
        Assert.False(Group.TryDecode([4, .. g.AsSpan(1)], out _));

        // x = 5 has no y on this curve; x = p + 1 is not reduced.
        Assert.False(Group.TryDecode([2, .. new byte[31], 5], out _));
        Assert.False(Group.TryDecode(Convert.FromHexString("02FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC30"), out _));
    }

    [Fact]
    public void The_uncompressed_form_carries_both_coordinates()
    {
        Span<byte> bytes = stackalloc byte[65];
        Group.WriteUncompressed(Group.MultiplyBase(Scalar.One), bytes);
        Assert.Equal(
            "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8",
            Convert.ToHexStringLower(bytes));
    }

    private static Scalar Random() => Scalar.Reduce(RandomNumberGenerator.GetBytes(48));
}
