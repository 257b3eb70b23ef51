using System.Buffers;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Safety;

/// <summary>
/// The highest view this key has ever voted in, kept in a file of its own (<see cref="SignerMemory"/>), fsynced before the vote leaves, so that it survives a restored
/// database. Wire: [epoch, view, kind, hash]; the hash is zero for a Nullify.
/// </summary>
public readonly record struct Watermark(Epoch Epoch, View View, VoteKind Kind, Hash256 Hash)
{
    /// <summary>The mark after signing <paramref name="statement"/>: never lower than before.</summary>
    public static Watermark After(Watermark? before, in Statement statement)
    {
        var mark = new Watermark(statement.Epoch, statement.View, statement.Kind, statement.Block.Hash);
        return before is { } old && (old.Epoch > mark.Epoch || (old.Epoch == mark.Epoch && old.View > mark.View)) ? old : mark;
    }

    /// <summary>The mark as a new array.</summary>
    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(64);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(4);
        writer.Write(Epoch.Value);
        writer.Write(View.Value);
        writer.Write((byte)Kind);
        writer.Write(Hash);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a mark that fills <paramref name="bytes"/>.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Watermark mark)
    {
        mark = default;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(4) || !reader.TryReadUInt64(out ulong epoch) || !reader.TryReadUInt64(out ulong view)
            || !reader.TryReadUInt8(out byte kind) || (VoteKind)kind is not (VoteKind.Notarize or VoteKind.Nullify or VoteKind.Finalize)
            || !reader.TryReadHash(out Hash256 hash) || !reader.End)
        {
            return false;
        }

        mark = new Watermark(new Epoch(epoch), new View(view), (VoteKind)kind, hash);
        return true;
    }
}
