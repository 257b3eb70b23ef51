using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// The record that a v2 identity is the hash of; it never changes, whatever happens to the keys later.
/// Encoding: [version u8 = 1, signing_key bin, recovery_key bin | nil, capabilities [u8 ascending], v1_id bin 8 | nil].
/// </summary>
/// <param name="SigningKey">The first key that signs for the device: Ed25519 or P-256.</param>
/// <param name="RecoveryKey">The key that may rotate or revoke the signing key, or null.</param>
/// <param name="Capabilities">Task kinds that the device can execute, ascending, without repetition, at most <see cref="MaxCapabilities"/>.</param>
/// <param name="V1Id">The Phase-1 identity whose history goes on under this one, or null.</param>
public sealed record Inception(PublicKey SigningKey, PublicKey? RecoveryKey, IReadOnlyList<TaskKind> Capabilities, DeviceId? V1Id)
{
    /// <summary>The most task kinds that one device can name.</summary>
    public const int MaxCapabilities = 16;

    /// <summary>The longest encoding in bytes.</summary>
    public const int MaxBytes = 128;

    private const byte Version = 1;

    /// <summary>The canonical encoding.</summary>
    public byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>(MaxBytes);
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(5);
        writer.Write((ulong)Version);
        writer.Write(SigningKey);
        if (RecoveryKey is { } recovery)
        {
            writer.Write(recovery);
        }
        else
        {
            writer.WriteNil();
        }

        writer.WriteArrayHeader(Capabilities.Count);
        foreach (TaskKind kind in Capabilities)
        {
            writer.Write((ulong)kind);
        }

        if (V1Id is { } v1)
        {
            writer.Write(v1);
        }
        else
        {
            writer.WriteNil();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>The identity that this record makes: the SHA-256 of its encoding.</summary>
    public DeviceId DeviceId() => new(Hash256.Of(Encode()));

    /// <summary>Reads the canonical encoding.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Inception? inception)
    {
        inception = null;
        var reader = new MessagePackReader(bytes);
        if (bytes.Length > MaxBytes
            || !reader.TryReadArrayHeader(5)
            || !reader.TryReadUInt8(out byte version)
            || version != Version
            || !reader.TryReadKey(out PublicKey signing)
            || !TryReadRecovery(ref reader, out PublicKey? recovery)
            || !TryReadCapabilities(ref reader, out TaskKind[] capabilities)
            || !TryReadV1(ref reader, out DeviceId? v1)
            || !reader.End)
        {
            return false;
        }

        inception = new Inception(signing, recovery, capabilities, v1);
        return true;
    }

    private static bool TryReadRecovery(ref MessagePackReader reader, out PublicKey? key)
    {
        key = null;
        if (reader.TryReadNil())
        {
            return true;
        }

        bool read = reader.TryReadKey(out PublicKey value);
        key = value;
        return read;
    }

    private static bool TryReadV1(ref MessagePackReader reader, out DeviceId? id)
    {
        id = null;
        if (reader.TryReadNil())
        {
            return true;
        }

        bool read = reader.TryReadDeviceV1(out DeviceId value);
        id = value;
        return read;
    }

    private static bool TryReadCapabilities(ref MessagePackReader reader, out TaskKind[] kinds)
    {
        kinds = [];
        if (!reader.TryReadArrayHeader(MaxCapabilities, out int count))
        {
            return false;
        }

        kinds = new TaskKind[count];
        int last = -1;
        foreach (ref TaskKind kind in kinds.AsSpan())
        {
            if (!reader.TryReadUInt8(out byte value) || value <= last)
            {
                return false;
            }

            last = value;
            kind = (TaskKind)value;
        }

        return true;
    }
}
