using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Threshold;
using Aeamc.P2P.Threshold.Frost;
using Aeamc.P2P.Threshold.Group;

namespace Aeamc.P2P.Simulator.Signing;

/// <summary>The group's key of a run, dealt from its seed before the run begins (the key generation is not simulated), and verdicts on group signatures, found once for all nodes.</summary>
public sealed class SigningNetwork : ICheckpointSignatureVerifier
{
    private readonly Dictionary<(Hash256 Message, Hash256 Signature), bool> _verdicts = [];
    private readonly Scalar[] _secrets;

    public SigningNetwork(int members, int threshold, ulong seed)
    {
        var polynomial = new Scalar[threshold];
        for (int i = 0; i < threshold; i++)
        {
            polynomial[i] = Scalar.Reduce([.. Half(i, 0), .. Half(i, 1)]);
        }

        _secrets = [.. Enumerable.Range(0, members).Select(i => Polynomial.Evaluate(polynomial, new NodeIndex((ushort)i)))];
        Key = new ThresholdPublicKey(threshold, ManagedGroup.Shared.MultiplyBase(polynomial[0]), [.. _secrets.Select(ManagedGroup.Shared.MultiplyBase)]);
        GroupKey = Key.GroupKey.ToArray();

        byte[] Half(int coefficient, byte half) => Hash256.Of([.. "dealing"u8, .. BitConverter.GetBytes(seed), .. BitConverter.GetBytes(coefficient), half]).ToArray();
    }

    /// <summary>The curve, for all nodes of the run.</summary>
    public ISecp256k1Group Group { get; } = new RememberingGroup();

    public ThresholdPublicKey Key { get; }

    /// <summary>33 bytes.</summary>
    public byte[] GroupKey { get; }

    /// <summary>A member's share.</summary>
    public SigningShare ShareOf(NodeIndex member) => new(Group, member, _secrets[member.Value], Key);

    public bool Verify(ReadOnlySpan<byte> groupKey, Hash256 message, ReadOnlySpan<byte> signature)
    {
        (Hash256, Hash256) key = (message, Hash256.Of([.. groupKey, .. signature]));
        if (!_verdicts.TryGetValue(key, out bool verdict))
        {
            verdict = Group.TryDecode(groupKey, out CurvePoint point) && FrostSignature.TryDecode(Group, signature, out FrostSignature? decoded)
                && decoded.Verify(Group, point, message.ToArray());
            _verdicts.Add(key, verdict);
        }

        return verdict;
    }
}
