using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Threshold;
using Aeamc.P2P.Threshold.Frost;
using Aeamc.P2P.Threshold.Group;

namespace Aeamc.P2P.Anchoring.Tests;

/// <summary>Four members with shares of a key that was dealt from a seed; any three of them sign.</summary>
internal sealed class TestCommittee
{
    public static readonly Hash256 NetworkId = Hash256.Of("anchoring-tests"u8);
    private const int Members = 4, Threshold = 3;
    private static readonly Secp256k1Group Group = Secp256k1Group.Shared;
    private readonly SigningShare[] _shares;

    private TestCommittee(SigningShare[] shares) => _shares = shares;

    public byte[] GroupKey => _shares[0].PublicKey.GroupKey.ToArray();

    public static TestCommittee Deal(int seed)
    {
        Span<Scalar> polynomial = new Scalar[Threshold];
        Span<byte> input = stackalloc byte[8];
        BinaryPrimitives.WriteInt32BigEndian(input, seed);
        for (int k = 0; k < Threshold; k++)
        {
            BinaryPrimitives.WriteInt32BigEndian(input[4..], k);
            polynomial[k] = Scalar.Reduce(SHA512.HashData(input).AsSpan(0, 48));
        }

        var secrets = new Scalar[Members];
        for (int i = 0; i < Members; i++)
        {
            secrets[i] = Polynomial.Evaluate(polynomial, new NodeIndex((ushort)i));
        }

        ImmutableArray<CurvePoint> verification = [.. secrets.Select(Group.MultiplyBase)];
        var key = new ThresholdPublicKey(Threshold, Group.MultiplyBase(polynomial[0]), verification);
        return new TestCommittee([.. secrets.Select((secret, i) => new SigningShare(Group, new NodeIndex((ushort)i), secret, key))]);
    }

    public static Checkpoint Checkpoint(ulong height, uint cluster = 1) => new(
        NetworkId, cluster, new Epoch(height / 100), new Height(height), Digest("block", height), Digest("chain", height), Digest("state", height));

    public SignedCheckpoint Sign(Checkpoint checkpoint) => new(checkpoint, Sign(checkpoint.SigningHash().ToArray()), GroupKey);

    public SignedCheckpoint SignedAt(ulong height) => Sign(Checkpoint(height));

    /// <summary>65 bytes; the last member is away.</summary>
    public byte[] Sign(byte[] message)
    {
        SigningShare[] present = _shares[..Threshold];
        SigningNonce[] nonces = [.. present.Select(share => SigningNonce.Generate(Group, share, RandomNumberGenerator.GetBytes(SigningNonce.RandomnessSize)))];
        NonceCommitment[] commitments = [.. nonces.Select(nonce => nonce.Commitment)];
        Assert.True(FrostSession.TryCreate(Group, present[0].PublicKey, commitments, message, out FrostSession? session));
        var shares = new Scalar[Threshold];
        for (int i = 0; i < Threshold; i++)
        {
            Assert.True(session.TrySign(present[i], nonces[i], out shares[i]));
        }

        return session.Aggregate(shares).ToArray();
    }

    private static Hash256 Digest(string what, ulong height) => Hash256.Of(System.Text.Encoding.ASCII.GetBytes($"{what} {height}"));
}
