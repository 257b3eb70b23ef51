using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// A device makes itself known. The envelope is signed by the signing key that the inception record names: together with the challenge that a node gave
/// out, that is the proof of possession.
/// Encoding: [inception bin, challenge bin 16..64, timestamp u64 ms].
/// </summary>
/// <param name="InceptionBytes">The inception record's encoding, kept as sent: its hash is the identity.</param>
/// <param name="Inception">The record that the bytes hold.</param>
/// <param name="Challenge">The challenge that a node handed out; the node that takes the registration checks it.</param>
/// <param name="Timestamp">The device's clock.</param>
public sealed record DeviceRegistration(byte[] InceptionBytes, Inception Inception, byte[] Challenge, Timestamp Timestamp) : EntryPayload
{
    /// <summary>The shortest challenge in bytes.</summary>
    public const int MinChallenge = 16;

    /// <summary>The longest challenge in bytes.</summary>
    public const int MaxChallenge = 64;

    /// <summary>A registration of <paramref name="inception"/>.</summary>
    public DeviceRegistration(Inception inception, byte[] challenge, Timestamp timestamp)
        : this(inception.Encode(), inception, challenge, timestamp)
    {
    }

    public override EntryKind Kind => EntryKind.DeviceRegistration;

    /// <summary>The identity that is registered.</summary>
    public DeviceId Device => new(Hash256.Of(InceptionBytes));

    public override void Write(IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(3);
        writer.Write(InceptionBytes);
        writer.Write(Challenge);
        writer.Write(Timestamp);
    }

    /// <summary>Reads the canonical encoding.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DeviceRegistration? payload)
    {
        payload = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(3)
            || !reader.TryReadBytes(Inception.MaxBytes, out byte[] inceptionBytes)
            || !Inception.TryDecode(inceptionBytes, out Inception? inception)
            || !reader.TryReadBytes(MaxChallenge, out byte[] challenge)
            || challenge.Length < MinChallenge
            || !reader.TryReadTimestamp(out Timestamp timestamp)
            || !reader.End)
        {
            return false;
        }

        payload = new DeviceRegistration(inceptionBytes, inception, challenge, timestamp);
        return true;
    }
}
