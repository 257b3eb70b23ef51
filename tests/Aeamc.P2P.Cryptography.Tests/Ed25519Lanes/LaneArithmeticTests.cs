using System.Numerics;
using Aeamc.P2P.Cryptography.Ed25519Lanes;

namespace Aeamc.P2P.Cryptography.Tests.Ed25519Lanes;

/// <summary>The field in lanes against big integers, at the bounds that its formulas may reach.</summary>
public unsafe class LaneArithmeticTests
{
    private const string Reason = "This machine has no AVX-512.";
    private const long Bound = (1L << 50) + (1L << 13);
    private static readonly BigInteger P = (BigInteger.One << 255) - 19;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Products_are_exact_up_to_the_bound_of_the_factors(int terms)
    {
        Assert.SkipUnless(LaneVerifier.IsSupported, Reason);
        var random = new Random(terms);
        for (int round = 0; round < 500; round++)
        {
            LaneElement a = Random(random, 1), b = Random(random, terms), product;
            LaneMultiplication.Multiply(&product, &a, &b);
            AssertReduced(&product);
            for (int lane = 0; lane < 8; lane++)
            {
                Assert.Equal(Modulo(Value(&a, lane) * Value(&b, lane)), Modulo(Value(&product, lane)));
            }
        }
    }

    [Fact]
    public void Squares_and_sums_of_products_are_exact()
    {
        Assert.SkipUnless(LaneVerifier.IsSupported, Reason);
        var random = new Random(9);
        for (int round = 0; round < 500; round++)
        {
            LaneElement x = Random(random, 1), y = Random(random, 1), z = Random(random, 1), square, f, g, h;
            LaneSum xx, yy, zz, twice;
            LaneMultiplication.Square(&square, &x);
            AssertReduced(&square);
            LaneMultiplication.Square(&xx, &x);
            LaneMultiplication.Square(&yy, &y);
            LaneMultiplication.Square(&zz, &z);
            LaneReduction.ReduceDoubling(&f, &g, &h, &xx, &yy, &zz);
            LaneReduction.Twice(&twice, &x);
            LaneReduction.Reduce(&z, &twice);
            for (int lane = 0; lane < 8; lane++)
            {
                BigInteger vx = Value(&x, lane), vy = Value(&y, lane);
                Assert.Equal(Modulo(vx * vx), Modulo(Value(&square, lane)));
                Assert.Equal(Modulo(vy * vy - vx * vx), Modulo(Value(&g, lane)));
                Assert.Equal(Modulo(vy * vy + vx * vx), Modulo(Value(&h, lane)));
                Assert.Equal(Modulo(2 * vx), Modulo(Value(&z, lane)));
            }

            AssertReduced(&f);
            AssertReduced(&g);
            AssertReduced(&h);
            AssertReduced(&z);
        }
    }

    [Fact]
    public void Carrying_changes_no_value()
    {
        Assert.SkipUnless(LaneVerifier.IsSupported, Reason);
        var random = new Random(3);
        for (int round = 0; round < 200; round++)
        {
            LaneElement a = Random(random, 3), carried;
            LaneArithmetic.Carry(&carried, &a);
            AssertReduced(&carried);
            for (int lane = 0; lane < 8; lane++)
            {
                Assert.Equal(Modulo(Value(&a, lane)), Modulo(Value(&carried, lane)));
            }
        }
    }

    [Fact]
    public void Inverses_and_the_power_for_roots_are_right()
    {
        Assert.SkipUnless(LaneVerifier.IsSupported, Reason);
        LaneElement a = Random(new Random(5), 1), inverse, power;
        LaneArithmetic.Invert(&inverse, &a);
        LaneArithmetic.PowerForRoot(&power, &a);
        for (int lane = 0; lane < 8; lane++)
        {
            Assert.Equal(BigInteger.ModPow(Modulo(Value(&a, lane)), P - 2, P), Modulo(Value(&inverse, lane)));
            Assert.Equal(BigInteger.ModPow(Modulo(Value(&a, lane)), (P - 5) / 8, P), Modulo(Value(&power, lane)));
        }
    }

    [Fact]
    public void Bytes_are_read_and_written_canonically()
    {
        BigInteger[] numbers = [0, 1, 18, 19, P - 1, P, P + 1, P + 18, (BigInteger.One << 255) - 1, P / 2, BigInteger.One << 254];
        foreach (BigInteger number in numbers)
        {
            byte[] bytes = new byte[32], written = new byte[32];
            Assert.True(number.TryWriteBytes(bytes, out _, isUnsigned: true));
            LaneElement element = default;
            for (int lane = 0; lane < 8; lane++)
            {
                FieldBytes.Read(bytes, (double*)&element + lane);
                FieldBytes.Write((double*)&element + lane, written);
                Assert.Equal(number % P, new BigInteger(written, isUnsigned: true));
                FieldBytes.NegateLane((double*)&element + lane);
                FieldBytes.Write((double*)&element + lane, written);
                Assert.Equal(Modulo(-number), new BigInteger(written, isUnsigned: true));
            }
        }
    }

    [Theory]
    [InlineData(SignedDigits.KeyWidth, SignedDigits.KeyDigits)]
    [InlineData(SignedDigits.BaseWidth, SignedDigits.BaseDigits)]
    public void Digits_add_up_to_the_scalar(int width, int count)
    {
        var random = new Random(width);
        short* digits = stackalloc short[count * 8];
        for (int round = 0; round < 500; round++)
        {
            byte[] scalar = new byte[32];
            random.NextBytes(scalar);
            scalar[31] &= 0x1f;
            if (round < 2)
            {
                Assert.True((round == 0 ? BigInteger.Zero : (BigInteger.One << 253) - 1).TryWriteBytes(scalar, out _, isUnsigned: true));
            }

            SignedDigits.Recode(scalar, width, count, digits + round % 8);
            BigInteger sum = 0;
            for (int i = 0; i < count; i++)
            {
                int digit = digits[i * 8 + round % 8];
                Assert.InRange(digit, -(1 << (width - 1)) + 1, 1 << (width - 1));
                sum += (BigInteger)digit << (width * i);
            }

            Assert.Equal(new BigInteger(scalar, isUnsigned: true), sum);
        }
    }

    private static LaneElement Random(Random random, int terms)
    {
        LaneElement element = default;
        for (int i = 0; i < LaneElement.Doubles; i++)
        {
            ((double*)&element)[i] = terms * (random.Next(3) == 0 ? (random.Next(2) == 0 ? Bound : -Bound) : random.NextInt64(-Bound, Bound + 1));
        }

        return element;
    }

    private static void AssertReduced(LaneElement* element)
    {
        for (int i = 0; i < LaneElement.Doubles; i++)
        {
            Assert.InRange(Math.Abs(((double*)element)[i]), 0, Bound);
        }
    }

    private static BigInteger Value(LaneElement* element, int lane)
    {
        BigInteger value = 0;
        for (int limb = 4; limb >= 0; limb--)
        {
            value = (value << 51) + new BigInteger(((double*)element)[8 * limb + lane]);
        }

        return value;
    }

    private static BigInteger Modulo(BigInteger value) => ((value % P) + P) % P;
}
