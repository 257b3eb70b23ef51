using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>The field types that ledger payloads share, on top of canonical MessagePack.</summary>
internal static class FieldReading
{
    /// <summary>Length of every nonce in bytes.</summary>
    public const int NonceSize = 16;

    public static bool TryReadDevice(this ref MessagePackReader reader, out DeviceId id)
    {
        id = default;
        return reader.TryReadBinary(Hash256.Size, out ReadOnlySpan<byte> bytes) && DeviceId.TryRead(bytes, out id);
    }

    public static bool TryReadDeviceV1(this ref MessagePackReader reader, out DeviceId id) => reader.TryReadDevice(out id) && id.IsV1;

    public static bool TryReadDeviceV2(this ref MessagePackReader reader, out DeviceId id) => reader.TryReadDevice(out id) && !id.IsV1;

    public static bool TryReadKey(this ref MessagePackReader reader, out PublicKey key)
    {
        key = default;
        return reader.TryReadBinary(PublicKey.P256Size, out ReadOnlySpan<byte> bytes) && PublicKey.TryParse(bytes, out key);
    }

    public static bool TryReadTimestamp(this ref MessagePackReader reader, out Timestamp timestamp)
    {
        bool read = reader.TryReadUInt64(out ulong milliseconds);
        timestamp = new Timestamp(milliseconds);
        return read;
    }

    public static bool TryReadInt32(this ref MessagePackReader reader, out int value)
    {
        bool read = reader.TryReadInt64(out long wide) && wide is >= int.MinValue and <= int.MaxValue;
        value = read ? (int)wide : 0;
        return read;
    }

    /// <summary>Reads a byte string of at most <paramref name="maximum"/> bytes into an array of its own.</summary>
    public static bool TryReadBytes(this ref MessagePackReader reader, int maximum, out byte[] bytes)
    {
        bool read = reader.TryReadBinary(maximum, out ReadOnlySpan<byte> view);
        bytes = read ? view.ToArray() : [];
        return read;
    }

    /// <summary>Reads a nonce of exactly <see cref="NonceSize"/> bytes.</summary>
    public static bool TryReadNonce(this ref MessagePackReader reader, out byte[] nonce) =>
        reader.TryReadBytes(NonceSize, out nonce) && nonce.Length == NonceSize;

    public static void Write(this MessagePackWriter writer, DeviceId id)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        id.CopyTo(bytes);
        writer.Write(bytes[..id.Length]);
    }

    public static void Write(this MessagePackWriter writer, PublicKey key)
    {
        Span<byte> bytes = stackalloc byte[PublicKey.P256Size];
        key.CopyTo(bytes);
        writer.Write(bytes[..key.Length]);
    }

    public static void Write(this MessagePackWriter writer, Timestamp timestamp) => writer.Write(timestamp.Milliseconds);
}
