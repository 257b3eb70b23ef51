using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Threshold.Group;

namespace Aeamc.P2P.Threshold.Tests;

/// <summary>Shares a key without a ceremony, for tests of signing (RFC 9591, appendix C).</summary>
internal static class TrustedDealer
{
    public static SigningShare[] Deal(int members, params Scalar[] polynomial)
    {
        Secp256k1Group group = Secp256k1Group.Shared;
        Scalar[] secrets = [.. Enumerable.Range(0, members).Select(i => Polynomial.Evaluate(polynomial, new NodeIndex((ushort)i)))];
        var key = new ThresholdPublicKey(polynomial.Length, group.MultiplyBase(polynomial[0]), [.. secrets.Select(group.MultiplyBase)]);
        return [.. secrets.Select((secret, i) => new SigningShare(group, new NodeIndex((ushort)i), secret, key))];
    }

    /// <summary>A random t-of-n key from a seeded source.</summary>
    public static SigningShare[] Deal(Random random, int threshold, int members) =>
        Deal(members, [.. Enumerable.Range(0, threshold).Select(_ => RandomScalar(random))]);

    public static Scalar RandomScalar(Random random) => Scalar.Reduce(RandomBytes(random, 48));

    public static byte[] RandomBytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
