namespace Aeamc.P2P.Simulator.Signing;

/// <summary>A point of y^2 = x^3 + 7 as (X / Z^2, Y / Z^3); Z = 0 is the identity (Cohen, Miyaji, Ono 1998).</summary>
internal readonly record struct JacobianPoint(FieldElement X, FieldElement Y, FieldElement Z)
{
    public static JacobianPoint Identity => default;

    public bool IsIdentity => Z.IsZero;

    public static JacobianPoint operator -(in JacobianPoint point) => point with { Y = -point.Y };

    public static JacobianPoint operator +(in JacobianPoint a, in JacobianPoint b)
    {
        if (a.IsIdentity)
        {
            return b;
        }

        if (b.IsIdentity)
        {
            return a;
        }

        FieldElement za = a.Z * a.Z;
        FieldElement zb = b.Z * b.Z;
        FieldElement ua = a.X * zb;
        FieldElement sa = a.Y * zb * b.Z;
        FieldElement h = (b.X * za) - ua;
        FieldElement r = (b.Y * za * a.Z) - sa;
        if (h.IsZero)
        {
            return r.IsZero ? a.Double() : Identity;
        }

        FieldElement hh = h * h;
        FieldElement hhh = hh * h;
        FieldElement v = ua * hh;
        FieldElement x = (r * r) - hhh - v - v;
        return new JacobianPoint(x, (r * (v - x)) - (sa * hhh), a.Z * b.Z * h);
    }

    public JacobianPoint Double()
    {
        if (IsIdentity)
        {
            return this;
        }

        FieldElement yy = Y * Y;
        FieldElement s = X * yy;
        s += s;
        s += s;
        FieldElement xx = X * X;
        FieldElement m = xx + xx + xx;
        FieldElement x = (m * m) - s - s;
        FieldElement yyyy = yy * yy;
        yyyy += yyyy;
        yyyy += yyyy;
        yyyy += yyyy;
        FieldElement z = Y * Z;
        return new JacobianPoint(x, (m * (s - x)) - yyyy, z + z);
    }

    /// <summary>The coordinates of a point that is not the identity.</summary>
    public (FieldElement X, FieldElement Y) ToAffine()
    {
        FieldElement inverse = Z.Inverse();
        FieldElement square = inverse * inverse;
        return (X * square, Y * square * inverse);
    }
}
