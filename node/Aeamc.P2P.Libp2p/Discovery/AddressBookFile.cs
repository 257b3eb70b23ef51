using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Records;
using Aeamc.P2P.Native.Posix;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Libp2p.Discovery;

/// <summary>
/// The address book on disk: canonical MessagePack followed by its SHA-256, written beside its place, synced and renamed into it, so a crash
/// leaves the old file or the new one. A file that is cut off, too long or changed is passed over: what was in it can be learned again.
/// </summary>
internal static class AddressBookFile
{
    private const ulong FormatVersion = 1;
    private const int HashSize = 32;
    private const int MaxPeers = 65_536;
    private const int MaxFileBytes = 256 << 20;

    /// <summary>Reads the file; null when there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="damaged">There is one and it cannot be used.</param>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public static IReadOnlyList<KnownPeer>? Load(string path, out bool damaged)
    {
        damaged = false;
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            return null;
        }

        damaged = true;
        if (file.Length > MaxFileBytes)
        {
            return null;
        }

        damaged = !TryDecode(File.ReadAllBytes(path), out List<KnownPeer>? peers);
        return peers;
    }

    /// <summary>Replaces the file, readable by its owner only.</summary>
    /// <exception cref="IOException">The disk is full or the folder gone; the old file stands.</exception>
    public static void Save(string path, ReadOnlySpan<byte> content)
    {
        string unfinished = path + ".tmp";
        File.Delete(unfinished);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(unfinished, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite: true);
        PosixFiles.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    public static byte[] Encode(IReadOnlyCollection<KnownPeer> peers)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(2);
        writer.Write(FormatVersion);
        writer.WriteArrayHeader(peers.Count);
        foreach (KnownPeer peer in peers)
        {
            writer.WriteArrayHeader(7);
            writer.Write(peer.Id.ToNodeId());
            writer.WriteArrayHeader(peer.Addresses.Count);
            foreach (Multiaddress address in peer.Addresses)
            {
                writer.Write(address.ToArray());
            }

            writer.Write(peer.Record.Span);
            writer.Write(Milliseconds(peer.Reached));
            writer.Write(Milliseconds(peer.Learned));
            writer.Write((ulong)peer.Failures);
            writer.Write(Milliseconds(peer.NextDial));
        }

        return [.. output.WrittenSpan, .. SHA256.HashData(output.WrittenSpan)];
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; false for anything else. Records are verified again: the file is no authority.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out List<KnownPeer>? peers)
    {
        peers = null;
        if (bytes.Length < HashSize || !SHA256.HashData(bytes[..^HashSize]).AsSpan().SequenceEqual(bytes[^HashSize..]))
        {
            return false;
        }

        var reader = new MessagePackReader(bytes[..^HashSize]);
        if (!reader.TryReadArrayHeader(2) || !reader.TryReadUInt64(out ulong version) || version != FormatVersion || !reader.TryReadArrayHeader(MaxPeers, out int count))
        {
            return false;
        }

        var read = new List<KnownPeer>();
        for (int i = 0; i < count; i++)
        {
            if (!TryRead(ref reader, out KnownPeer? peer))
            {
                return false;
            }

            read.Add(peer);
        }

        peers = read;
        return reader.End;
    }

    private static bool TryRead(ref MessagePackReader reader, [NotNullWhen(true)] out KnownPeer? peer)
    {
        peer = null;
        if (!reader.TryReadArrayHeader(7) || !reader.TryReadNodeId(out NodeId id) || !reader.TryReadArrayHeader(AddressBook.MaxAddresses, out int count))
        {
            return false;
        }

        var addresses = new List<Multiaddress>(count);
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadBinary(Multiaddress.MaxLength, out ReadOnlySpan<byte> bytes) || !Multiaddress.TryRead(bytes, out Multiaddress? address))
            {
                return false;
            }

            addresses.Add(address);
        }

        if (addresses.Count == 0
            || !reader.TryReadBinary(SignedEnvelope.MaxLength, out ReadOnlySpan<byte> envelope)
            || !TryReadTime(ref reader, out DateTimeOffset? reached)
            || !TryReadTime(ref reader, out DateTimeOffset? learned)
            || !reader.TryReadUInt64(1 << 20, out ulong failures)
            || !TryReadTime(ref reader, out DateTimeOffset? nextDial))
        {
            return false;
        }

        peer = new KnownPeer(PeerId.FromNodeId(id))
        {
            Addresses = addresses,
            Reached = reached,
            Learned = learned ?? DateTimeOffset.UnixEpoch,
            Failures = (int)failures,
            NextDial = nextDial ?? DateTimeOffset.UnixEpoch,
        };
        if (SignedPeerRecord.TryOpen(envelope, out SignedPeerRecord? record) && record.Peer == peer.Id)
        {
            peer.Record = envelope.ToArray();
            peer.Sequence = record.Sequence;
        }

        return true;
    }

    private static ulong Milliseconds(DateTimeOffset? time) => (ulong)Math.Max(0, time?.ToUnixTimeMilliseconds() ?? 0);

    // Zero stands for never.
    private static bool TryReadTime(ref MessagePackReader reader, out DateTimeOffset? time)
    {
        bool valid = reader.TryReadUInt64((ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds(), out ulong milliseconds);
        time = valid && milliseconds > 0 ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds) : null;
        return valid;
    }
}
