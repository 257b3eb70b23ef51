using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger.Tests;

/// <summary>
/// A signature scheme of hashes: anybody can sign for any key, which is all that the ledger's rules need. The real ports are in Aeamc.P2P.Cryptography.
/// </summary>
internal sealed class FakeCrypto : ISignatureVerdicts, IKeyRecovery, IEvidenceVerifier
{
    private readonly List<PublicKey> _v1Keys = [];

    public bool RefusesRecovery { get; set; }

    public RecoveredKeys? AlwaysRecovers { get; set; }

    public static PublicKey Ed25519Key(string name)
    {
        Assert.True(PublicKey.TryParse(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)), out PublicKey key));
        return key;
    }

    public static PublicKey P256Key(string name)
    {
        Assert.True(PublicKey.TryParse([2, .. SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name))], out PublicKey key));
        return key;
    }

    public PublicKey V1Key(string name)
    {
        PublicKey key = P256Key(name);
        _v1Keys.Add(key);
        return key;
    }

    public static byte[] Sign(SignatureAlgorithm algorithm, PublicKey key, ReadOnlySpan<byte> message)
    {
        byte[] r = SHA256.HashData([1, .. key.ToArray(), .. message]);
        byte[] s = SHA256.HashData([2, .. key.ToArray(), .. message]);
        return algorithm == SignatureAlgorithm.Es256Der ? Der(r, s) : [.. r, .. s];
    }

    public static byte[] Der(byte[] r, byte[] s)
    {
        byte[] body = [.. Integer(r), .. Integer(s)];
        return [0x30, (byte)body.Length, .. body];
    }

    public bool Verify(SignatureAlgorithm algorithm, PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        signature.SequenceEqual(Sign(algorithm, key, message));

    public bool TryRecover(ReadOnlySpan<byte> message, ReadOnlySpan<byte> derSignature, [NotNullWhen(true)] out RecoveredKeys? keys)
    {
        keys = AlwaysRecovers;
        if (RefusesRecovery)
        {
            return false;
        }

        if (keys is not null)
        {
            return true;
        }

        PublicKey decoy = P256Key("decoy " + Convert.ToHexString(SHA256.HashData(derSignature)));
        PublicKey signer = P256Key("other " + Convert.ToHexString(SHA256.HashData(derSignature)));
        foreach (PublicKey key in _v1Keys)
        {
            signer = Verify(SignatureAlgorithm.Es256Der, key, message, derSignature) ? key : signer;
        }

        keys = signer < decoy ? new RecoveredKeys(signer, decoy) : new RecoveredKeys(decoy, signer);
        return true;
    }

    /// <summary>How often evidence's signatures were checked.</summary>
    public int EvidenceChecks { get; private set; }

    /// <summary>Evidence here is 32 bytes of offender, its kind, epoch and view of 8 bytes each, whether it verifies, and anything after it.</summary>
    public static byte[] Evidence(NodeId offender, ulong epoch, ulong view, bool valid = true, OffenceKind kind = OffenceKind.TwoNotarizes, params byte[] more)
    {
        var evidence = new byte[50];
        offender.CopyTo(evidence);
        evidence[32] = (byte)kind;
        BinaryPrimitives.WriteUInt64BigEndian(evidence.AsSpan(33), epoch);
        BinaryPrimitives.WriteUInt64BigEndian(evidence.AsSpan(41), view);
        evidence[49] = (byte)(valid ? 1 : 0);
        return [.. evidence, .. more];
    }

    public bool TryRead(ReadOnlySpan<byte> evidence, out Offence offence)
    {
        bool read = evidence.Length >= 50;
        offence = read
            ? new Offence(
                new NodeId(evidence[..32]), (OffenceKind)evidence[32], new Epoch(BinaryPrimitives.ReadUInt64BigEndian(evidence[33..])),
                new View(BinaryPrimitives.ReadUInt64BigEndian(evidence[41..])))
            : default;
        return read;
    }

    public bool Verify(ReadOnlySpan<byte> evidence)
    {
        EvidenceChecks++;
        return evidence[49] == 1;
    }

    private static byte[] Integer(byte[] value)
    {
        ReadOnlySpan<byte> shortest = value.AsSpan().TrimStart((byte)0);
        byte[] number = shortest[0] >= 0x80 ? [0, .. shortest] : shortest.ToArray();
        return [0x02, (byte)number.Length, .. number];
    }
}
