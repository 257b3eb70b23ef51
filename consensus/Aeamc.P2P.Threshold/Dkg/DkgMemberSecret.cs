using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Aeamc.P2P.Threshold.Dkg;

/// <summary>
/// All that a member must not lose or show: one 32-byte seed, from which its encryption key and, for each ceremony, its polynomial, ephemeral key and
/// proof nonces follow. So a crash in the middle loses nothing: the log and the seed give everything again, byte for byte, and a member that was away
/// reads its share from the log later.
/// </summary>
public sealed class DkgMemberSecret : IDisposable
{
    /// <summary>Length of the seed in bytes.</summary>
    public const int SeedSize = 32;

    private readonly byte[] _seed = GC.AllocateArray<byte>(SeedSize, pinned: true);

    /// <param name="seed">32 secret bytes, derived from the node's key for this purpose alone (HKDF).</param>
    public DkgMemberSecret(ISecp256k1Group group, ReadOnlySpan<byte> seed)
    {
        Invariant.Check(seed.Length == SeedSize);
        seed.CopyTo(_seed);
        EncryptionKey = group.MultiplyBase(Encryption);
    }

    /// <summary>The public key under which others encrypt this member's shares. Public, and the same for every ceremony.</summary>
    public CurvePoint EncryptionKey { get; }

    internal Scalar Encryption => Derive("AEAMC-DKG-v1 encryption key"u8, default, 0, []);

    /// <summary>The coefficients of this member's polynomial, constant term first.</summary>
    internal Scalar[] Coefficients(DkgParameters parameters)
    {
        var coefficients = new Scalar[parameters.Threshold];
        for (int k = 0; k < coefficients.Length; k++)
        {
            coefficients[k] = Derive("AEAMC-DKG-v1 coefficient"u8, parameters.CeremonyId, k, []);
        }

        return coefficients;
    }

    internal Scalar Ephemeral(DkgParameters parameters) => Derive("AEAMC-DKG-v1 ephemeral key"u8, parameters.CeremonyId, 0, []);

    /// <summary>The nonce of a proof; <paramref name="statement"/> is the whole statement, so no nonce serves two.</summary>
    internal Scalar ProofNonce(DkgParameters parameters, ReadOnlySpan<byte> statement) =>
        Derive("AEAMC-DKG-v1 proof nonce"u8, parameters.CeremonyId, 0, statement);

    public void Dispose() => CryptographicOperations.ZeroMemory(_seed);

    private Scalar Derive(ReadOnlySpan<byte> label, Hash256 ceremony, int index, ReadOnlySpan<byte> extra)
    {
        var input = new byte[SeedSize + Hash256.Size + 4 + extra.Length];
        _seed.CopyTo(input, 0);
        ceremony.CopyTo(input.AsSpan(SeedSize));
        BinaryPrimitives.WriteInt32BigEndian(input.AsSpan(SeedSize + Hash256.Size), index);
        extra.CopyTo(input.AsSpan(SeedSize + Hash256.Size + 4));
        Scalar scalar = Frost.FrostHash.HashToScalar(input, label);
        CryptographicOperations.ZeroMemory(input);
        Invariant.Check(!scalar.IsZero);
        return scalar;
    }
}
