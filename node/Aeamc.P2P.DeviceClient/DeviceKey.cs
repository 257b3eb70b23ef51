using System.Buffers.Binary;
using System.Security.Cryptography;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceClient;

/// <summary>The key of a device or a requester. Safe for use from several threads.</summary>
public abstract class DeviceKey : IDisposable
{
    /// <summary>The public half, as envelopes name it.</summary>
    public abstract PublicKey PublicKey { get; }

    /// <summary>How it signs.</summary>
    public abstract SignatureAlgorithm Algorithm { get; }

    /// <summary>Signs a message: 64 bytes for Ed25519, DER for P-256.</summary>
    public abstract byte[] Sign(ReadOnlySpan<byte> message);

    /// <summary>An Ed25519 key of a 32-byte seed.</summary>
    public static DeviceKey Ed25519(ReadOnlySpan<byte> seed) => new EdwardsKey(Ed25519PrivateKey.FromSeed(seed));

    /// <summary>An Ed25519 key of its own for each pair of a run's seed and a number.</summary>
    public static DeviceKey Ed25519(ulong runSeed, string role, int number) => Ed25519(SeedOf(runSeed, role, number));

    /// <summary>A P-256 key from a 32-byte secret number; phones have such keys. Nearly every number is one.</summary>
    /// <exception cref="CryptographicException">The number is zero or not below the group order.</exception>
    public static DeviceKey P256(ReadOnlySpan<byte> secret) => new P256Key(secret);

    /// <summary>A P-256 key of its own for each pair of a run's seed and a number.</summary>
    public static DeviceKey P256(ulong runSeed, string role, int number) => P256(SeedOf(runSeed, role, number));

    /// <summary>32 bytes for each triple; for simulated devices, whose keys guard nothing.</summary>
    public static byte[] SeedOf(ulong runSeed, string role, int number)
    {
        byte[] name = System.Text.Encoding.UTF8.GetBytes(role);
        var bytes = new byte[12 + name.Length];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, runSeed);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), number);
        name.CopyTo(bytes, 12);
        return SHA256.HashData(bytes);
    }

    /// <summary>The envelope of a payload, signed for a network.</summary>
    public byte[] Seal(string network, EntryPayload payload)
    {
        byte[] bytes = payload.Encode();
        return new Envelope(bytes, PublicKey, Algorithm, Sign(Envelope.SignedMessage(network, payload.Kind, bytes))).Encode();
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    private sealed class EdwardsKey(Ed25519PrivateKey key) : DeviceKey
    {
        public override PublicKey PublicKey { get; } = PublicKey.Of(key.PublicKey);

        public override SignatureAlgorithm Algorithm => SignatureAlgorithm.Ed25519;

        public override byte[] Sign(ReadOnlySpan<byte> message) => key.Sign(message);

        protected override void Dispose(bool disposing) => key.Dispose();
    }

    private sealed class P256Key : DeviceKey
    {
        private readonly ECDsa _key;
        private readonly Lock _gate = new();

        public P256Key(ReadOnlySpan<byte> secret)
        {
            _key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = secret.ToArray() });
            ECPoint point = _key.ExportParameters(false).Q;
            byte[] compressed = [(byte)(2 + (point.Y![^1] & 1)), .. point.X!];
            Invariant.Check(PublicKey.TryParse(compressed, out PublicKey key));
            PublicKey = key;
        }

        public override PublicKey PublicKey { get; }

        public override SignatureAlgorithm Algorithm => SignatureAlgorithm.Es256Der;

        public override byte[] Sign(ReadOnlySpan<byte> message)
        {
            lock (_gate)
            {
                return _key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
            }
        }

        protected override void Dispose(bool disposing) => _key.Dispose();
    }
}
