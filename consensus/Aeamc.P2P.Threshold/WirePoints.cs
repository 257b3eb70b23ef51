namespace Aeamc.P2P.Threshold;

/// <summary>Points and scalars inside MessagePack messages.</summary>
internal static class WirePoints
{
    public static void Write(MessagePackWriter writer, CurvePoint point)
    {
        Span<byte> bytes = stackalloc byte[CurvePoint.Size];
        point.CopyTo(bytes);
        writer.Write(bytes);
    }

    public static void Write(MessagePackWriter writer, Scalar scalar)
    {
        Span<byte> bytes = stackalloc byte[Scalar.Size];
        scalar.CopyTo(bytes);
        writer.Write(bytes);
    }

    public static void Write(MessagePackWriter writer, ReadOnlySpan<CurvePoint> points)
    {
        writer.WriteArrayHeader(points.Length);
        foreach (CurvePoint point in points)
        {
            Write(writer, point);
        }
    }

    public static bool TryRead(ref MessagePackReader reader, ISecp256k1Group group, out CurvePoint point)
    {
        point = default;
        return reader.TryReadExactly(CurvePoint.Size, out ReadOnlySpan<byte> bytes) && group.TryDecode(bytes, out point);
    }

    public static bool TryRead(ref MessagePackReader reader, out Scalar scalar)
    {
        scalar = default;
        return reader.TryReadExactly(Scalar.Size, out ReadOnlySpan<byte> bytes) && Scalar.TryDecode(bytes, out scalar);
    }

    public static bool TryRead(ref MessagePackReader reader, ISecp256k1Group group, int maximum, out ImmutableArray<CurvePoint> points)
    {
        points = [];
        if (!reader.TryReadArrayHeader(maximum, out int count))
        {
            return false;
        }

        ImmutableArray<CurvePoint>.Builder builder = ImmutableArray.CreateBuilder<CurvePoint>(count);
        for (int i = 0; i < count; i++)
        {
            if (!TryRead(ref reader, group, out CurvePoint point))
            {
                return false;
            }

            builder.Add(point);
        }

        points = builder.MoveToImmutable();
        return true;
    }
}
