using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Libp2p.Records;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Libp2p.Discovery;

/// <summary>
/// The request by which a peer tells whom it knows. Request: <c>[uint]</c>, the most records wanted. Response: an array of binaries, each a
/// signed peer record's envelope. Canonical MessagePack, nothing trailing. A record is believed for its own signature, never for who sent it.
/// </summary>
internal static class PeerExchange
{
    public const string Protocol = "/aeamc/peers/1";

    /// <summary>Records in one response at most.</summary>
    public const int MaxRecords = 32;

    /// <summary>The longest envelope that is passed on.</summary>
    public const int MaxRecordBytes = 2048;

    public const int MaxRequestBytes = 8;

    public const int MaxResponseBytes = 3 + (MaxRecords * (3 + MaxRecordBytes));

    public static byte[] EncodeRequest(int count)
    {
        var output = new ArrayBufferWriter<byte>(8);
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(1);
        writer.Write((ulong)count);
        return output.WrittenSpan.ToArray();
    }

    public static bool TryDecodeRequest(ReadOnlySpan<byte> bytes, out int count)
    {
        var reader = new MessagePackReader(bytes);
        bool valid = reader.TryReadArrayHeader(1) & reader.TryReadUInt64(MaxRecords, out ulong wanted) & reader.End;
        count = valid ? (int)wanted : 0;
        return valid;
    }

    public static byte[] EncodeResponse(IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(records.Count);
        foreach (ReadOnlyMemory<byte> record in records)
        {
            writer.Write(record.Span);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a response; records whose signature does not hold are left out and counted in <paramref name="forged"/>.</summary>
    public static bool TryDecodeResponse(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out List<(SignedPeerRecord Record, ReadOnlyMemory<byte> Envelope)>? records,
        out int forged)
    {
        records = null;
        forged = 0;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(MaxRecords, out int count))
        {
            return false;
        }

        var read = new List<(SignedPeerRecord, ReadOnlyMemory<byte>)>(count);
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadBinary(MaxRecordBytes, out ReadOnlySpan<byte> envelope))
            {
                return false;
            }

            if (SignedPeerRecord.TryOpen(envelope, out SignedPeerRecord? record))
            {
                read.Add((record, envelope.ToArray()));
            }
            else
            {
                forged++;
            }
        }

        records = read;
        return reader.End;
    }
}
