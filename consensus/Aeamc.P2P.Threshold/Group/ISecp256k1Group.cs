namespace Aeamc.P2P.Threshold.Group;

/// <summary>
/// The group operations of secp256k1, answered by a native library outside. Every method is a pure function of its arguments and is total: the
/// identity and the zero scalar are ordinary arguments. Members say whether they may see secrets.
/// </summary>
public interface ISecp256k1Group
{
    /// <summary>Parses 33 compressed bytes; false when they are not a point of the curve. Never gives the identity.</summary>
    bool TryDecode(ReadOnlySpan<byte> compressed, out CurvePoint point);

    /// <summary>scalar * G in constant time: fit for secrets.</summary>
    CurvePoint MultiplyBase(Scalar scalar);

    /// <summary>scalar * point in constant time: fit for secrets, slower than <see cref="Multiply"/>.</summary>
    CurvePoint MultiplySecret(CurvePoint point, Scalar scalar);

    /// <summary>scalar * point in time that depends on the scalar: only for public scalars.</summary>
    CurvePoint Multiply(CurvePoint point, Scalar scalar);

    /// <summary>The sum of the points, the identity for none. Only for public points.</summary>
    CurvePoint Sum(params ReadOnlySpan<CurvePoint> points);

    /// <summary>The point's inverse.</summary>
    CurvePoint Negate(CurvePoint point);

    /// <summary>Writes 0x04 || x || y (65 bytes) of a point that is not the identity.</summary>
    void WriteUncompressed(CurvePoint point, Span<byte> destination);
}
