using Aeamc.P2P.Primitives;
using Aeamc.P2P.Threshold.Group;

namespace Aeamc.P2P.Simulator.Signing;

/// <summary>
/// The curve for one run. All its members compute the same products of the same public points, and each is computed once: results are functions of the arguments, so nothing changes but the time.
/// </summary>
public sealed class RememberingGroup : ISecp256k1Group
{
    private readonly ManagedGroup _group = ManagedGroup.Shared;
    private readonly Dictionary<(CurvePoint, Scalar), CurvePoint> _products = [];
    private readonly Dictionary<Hash256, CurvePoint?> _decoded = [];

    public bool TryDecode(ReadOnlySpan<byte> compressed, out CurvePoint point)
    {
        var key = Hash256.Of(compressed);
        if (!_decoded.TryGetValue(key, out CurvePoint? known))
        {
            known = _group.TryDecode(compressed, out CurvePoint decoded) ? decoded : null;
            _decoded.Add(key, known);
        }

        point = known ?? default;
        return known is not null;
    }

    public CurvePoint MultiplyBase(Scalar scalar) => _group.MultiplyBase(scalar);

    public CurvePoint MultiplySecret(CurvePoint point, Scalar scalar) => _group.MultiplySecret(point, scalar);

    public CurvePoint Multiply(CurvePoint point, Scalar scalar)
    {
        if (!_products.TryGetValue((point, scalar), out CurvePoint product))
        {
            product = _group.Multiply(point, scalar);
            _products.Add((point, scalar), product);
        }

        return product;
    }

    public CurvePoint Sum(params ReadOnlySpan<CurvePoint> points) => _group.Sum(points);

    public CurvePoint Negate(CurvePoint point) => _group.Negate(point);

    public void WriteUncompressed(CurvePoint point, Span<byte> destination) => _group.WriteUncompressed(point, destination);
}
