using Aeamc.P2P.Primitives;
using Aeamc.P2P.Threshold.Group;

namespace Aeamc.P2P.Simulator.Signing;

/// <summary>
/// secp256k1 in C#, since the simulator names nothing of <c>node/</c> and with it no native library. The real curve, compared with libsecp256k1 in the tests; not in constant time, as
/// the simulator has no secrets. Safe for any number of threads.
/// </summary>
public sealed class ManagedGroup : ISecp256k1Group
{
    private const int WindowBits = 4;
    private const int Windows = 256 / WindowBits;

    private static readonly FieldElement Seven = FieldElement.From(7);

    /// <summary>Multiples 1..15 of 16^i * G.</summary>
    private static readonly JacobianPoint[] BaseTable = MakeBaseTable();

    private ManagedGroup()
    {
    }

    public static ManagedGroup Shared { get; } = new();

    public bool TryDecode(ReadOnlySpan<byte> compressed, out CurvePoint point)
    {
        point = default;
        if (compressed.Length != CurvePoint.Size || compressed[0] is not (2 or 3) || !TryLift(compressed, out _))
        {
            return false;
        }

        point = CurvePoint.FromTrusted(compressed);
        return true;
    }

    public CurvePoint MultiplyBase(Scalar scalar)
    {
        byte[] digits = scalar.ToArray();
        JacobianPoint sum = JacobianPoint.Identity;
        for (int window = 0; window < Windows; window++)
        {
            int digit = DigitOf(digits, window);
            if (digit != 0)
            {
                sum += BaseTable[(window * 15) + digit - 1];
            }
        }

        return Encode(sum);
    }

    public CurvePoint MultiplySecret(CurvePoint point, Scalar scalar) => Multiply(point, scalar);

    public CurvePoint Multiply(CurvePoint point, Scalar scalar)
    {
        JacobianPoint one = Lift(point);
        var table = new JacobianPoint[16];
        for (int i = 1; i < table.Length; i++)
        {
            table[i] = table[i - 1] + one;
        }

        byte[] digits = scalar.ToArray();
        JacobianPoint sum = JacobianPoint.Identity;
        for (int window = Windows - 1; window >= 0; window--)
        {
            for (int i = 0; i < WindowBits; i++)
            {
                sum = sum.Double();
            }

            sum += table[DigitOf(digits, window)];
        }

        return Encode(sum);
    }

    public CurvePoint Sum(params ReadOnlySpan<CurvePoint> points)
    {
        JacobianPoint sum = JacobianPoint.Identity;
        foreach (CurvePoint point in points)
        {
            sum += Lift(point);
        }

        return Encode(sum);
    }

    public CurvePoint Negate(CurvePoint point) => Encode(-Lift(point));

    public void WriteUncompressed(CurvePoint point, Span<byte> destination)
    {
        Invariant.Check(!point.IsIdentity);
        (FieldElement x, FieldElement y) = Lift(point).ToAffine();
        destination[0] = 4;
        x.CopyTo(destination[1..]);
        y.CopyTo(destination[33..]);
    }

    private static JacobianPoint Lift(CurvePoint point)
    {
        if (point.IsIdentity)
        {
            return JacobianPoint.Identity;
        }

        Span<byte> compressed = stackalloc byte[CurvePoint.Size];
        point.CopyTo(compressed);
        Invariant.Check(TryLift(compressed, out JacobianPoint lifted));
        return lifted;
    }

    private static bool TryLift(ReadOnlySpan<byte> compressed, out JacobianPoint point)
    {
        point = default;
        if (!FieldElement.TryDecode(compressed[1..], out FieldElement x))
        {
            return false;
        }

        FieldElement square = (x * x * x) + Seven;
        FieldElement y = square.Root();
        if (y * y != square)
        {
            return false;
        }

        point = new JacobianPoint(x, y.IsOdd == (compressed[0] == 3) ? y : -y, FieldElement.One);
        return true;
    }

    private static CurvePoint Encode(in JacobianPoint point)
    {
        if (point.IsIdentity)
        {
            return CurvePoint.Identity;
        }

        (FieldElement x, FieldElement y) = point.ToAffine();
        Span<byte> compressed = stackalloc byte[CurvePoint.Size];
        compressed[0] = (byte)(y.IsOdd ? 3 : 2);
        x.CopyTo(compressed[1..]);
        return CurvePoint.FromTrusted(compressed);
    }

    /// <summary>The digit of 16^window.</summary>
    private static int DigitOf(byte[] bigEndian, int window) => (bigEndian[31 - (window / 2)] >> (window % 2 * 4)) & 15;

    private static JacobianPoint[] MakeBaseTable()
    {
        byte[] generator = Convert.FromHexString("0279BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798");
        Invariant.Check(TryLift(generator, out JacobianPoint power));
        var table = new JacobianPoint[Windows * 15];
        for (int window = 0; window < Windows; window++)
        {
            JacobianPoint multiple = power;
            for (int digit = 0; digit < 15; digit++)
            {
                (FieldElement x, FieldElement y) = multiple.ToAffine();
                table[(window * 15) + digit] = new JacobianPoint(x, y, FieldElement.One);
                multiple += power;
            }

            power = multiple;
        }

        return table;
    }
}
