using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Threshold.Frost;
using Aeamc.P2P.Threshold.Group;

namespace Aeamc.P2P.DeviceApi.Tests.Support;

/// <summary>A group of one: the same equation as a FROST signature, made by whoever holds the whole secret.</summary>
internal sealed class GroupSigner : ICheckpointSignatureVerifier
{
    private static readonly Secp256k1Group Group = Secp256k1Group.Shared;

    private readonly Scalar _secret = Scalar.FromUInt32(0x0dedbeef);
    private readonly CurvePoint _public;
    private uint _nonce = 1000;

    public GroupSigner()
    {
        _public = Group.MultiplyBase(_secret);
        PublicKey = new byte[CurvePoint.Size];
        _public.CopyTo(PublicKey);
    }

    public byte[] PublicKey { get; }

    public byte[] Sign(Hash256 message)
    {
        Scalar nonce = Scalar.FromUInt32(_nonce++);
        CurvePoint commitment = Group.MultiplyBase(nonce);
        Scalar challenge = FrostHash.Challenge(commitment, _public, message.ToArray());
        return new FrostSignature(commitment, nonce + (challenge * _secret)).ToArray();
    }

    public bool Verify(ReadOnlySpan<byte> groupKey, Hash256 message, ReadOnlySpan<byte> signature) =>
        Group.TryDecode(groupKey, out CurvePoint key)
        && FrostSignature.TryDecode(Group, signature, out FrostSignature? decoded)
        && decoded.Verify(Group, key, message.ToArray());
}
