using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Aeamc.P2P.Primitives;

/// <summary>
/// What lies below one place of a <see cref="StateTree"/>: all its entries when they are few, else the hashes of the subtrees some levels further down. Either
/// proves itself against the hash of the place, which is the state root for <see cref="StatePrefix.Root"/>: so a whole state can be fetched from strangers, in
/// parts, and every part is checked when it comes.
/// </summary>
/// <remarks>
/// MessagePack: [0, [key bin, value bin, ...] in the order of their paths] or [1, bin of the subtree's top in preorder: 0 empty, 1 branch, 2 and 32 bytes a
/// subtree]. An authentic hash has one set of entries below it, so nothing can be left out, added or moved.
/// </remarks>
public sealed class StateChunk
{
    /// <summary>Subtrees of one chunk at most.</summary>
    public const int MaxSubtrees = 1_024;

    /// <summary>Levels that one chunk goes down at most.</summary>
    public const int MaxLevels = 16;

    /// <summary>Entries of one chunk at most.</summary>
    public const int MaxEntries = 65_536;

    /// <summary>The longest key or value.</summary>
    public const int MaxBlob = 1 << 20;

    private const int EntryOverhead = 10;
    private const byte Empty = 0;
    private const byte Branch = 1;
    private const byte Subtree = 2;

    private StateChunk(IReadOnlyList<StateEntry>? entries, byte[]? top)
    {
        Entries = entries;
        Top = top;
    }

    /// <summary>All entries, in the order of their paths; null when there are too many for one chunk.</summary>
    public IReadOnlyList<StateEntry>? Entries { get; }

    /// <summary>The subtree's top in preorder, when there are too many entries.</summary>
    internal byte[]? Top { get; }

    /// <summary>Reads one place of a tree.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="prefix">The place.</param>
    /// <param name="targetBytes">How many bytes of entries to put into one chunk; a single entry may be longer.</param>
    public static StateChunk Read(StateTree tree, StatePrefix prefix, int targetBytes)
    {
        StateNode? node = tree.RootNode;
        int depth = 0;
        while (node is StateBranch branch && depth < prefix.Depth)
        {
            node = prefix.Bits.Bit(depth++) ? branch.Right : branch.Left;
        }

        if (node is StateLeaf leaf && !prefix.Contains(Hash256.Of(leaf.Key)))
        {
            node = null;
        }

        var entries = new List<StateEntry>();
        long bytes = 0;
        Hash256 reached = default;
        foreach (StateLeaf next in StateTree.Leaves(node))
        {
            if (entries.Count > 0 && (bytes + next.Key.Length + next.Value.Length + EntryOverhead > targetBytes || entries.Count == MaxEntries))
            {
                reached = Hash256.Of(next.Key);
                return new StateChunk(null, EncodeTop(node, Levels(prefix, reached)));
            }

            bytes += next.Key.Length + next.Value.Length + EntryOverhead;
            entries.Add(new StateEntry(next.Key, next.Value));
        }

        return new StateChunk(entries, null);
    }

    /// <summary>Checks a chunk against the hash of its place.</summary>
    /// <param name="prefix">The place that was asked for.</param>
    /// <param name="expected">Its hash.</param>
    /// <param name="subtrees">The places and hashes of the next parts, empty for a chunk of entries.</param>
    public bool TryVerify(StatePrefix prefix, Hash256 expected, out IReadOnlyList<(StatePrefix Prefix, Hash256 Hash)> subtrees)
    {
        subtrees = [];
        if (Entries is { } entries)
        {
            return TryHash(entries, prefix, out Hash256 root) && root == expected;
        }

        var found = new List<(StatePrefix, Hash256)>();
        ReadOnlySpan<byte> rest = Top;
        if (rest.IsEmpty || rest[0] != Branch || !TryFold(ref rest, prefix, MaxLevels, found, out Hash256 top) || !rest.IsEmpty || top != expected)
        {
            return false;
        }

        subtrees = found;
        return true;
    }

    /// <summary>The canonical bytes.</summary>
    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        if (Entries is not { } entries)
        {
            writer.Write(1UL);
            writer.Write(Top);
            return buffer.WrittenSpan.ToArray();
        }

        writer.Write(0UL);
        writer.WriteArrayHeader(2 * entries.Count);
        foreach (StateEntry entry in entries)
        {
            writer.Write(entry.Key.Span);
            writer.Write(entry.Value.Span);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; false on anything else. The chunk is independent of the bytes.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out StateChunk? chunk)
    {
        chunk = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(2) || !reader.TryReadUInt64(1, out ulong kind))
        {
            return false;
        }

        if (kind == 1)
        {
            if (!reader.TryReadBinary(MaxSubtrees * (Hash256.Size + 2 + (2 * MaxLevels)), out ReadOnlySpan<byte> top) || !reader.End)
            {
                return false;
            }

            chunk = new StateChunk(null, top.ToArray());
            return true;
        }

        if (!reader.TryReadArrayHeader(2 * MaxEntries, out int count) || count % 2 != 0)
        {
            return false;
        }

        var entries = new List<StateEntry>();
        for (int i = 0; i < count / 2; i++)
        {
            if (!reader.TryReadBinary(MaxBlob, out ReadOnlySpan<byte> key) || !reader.TryReadBinary(MaxBlob, out ReadOnlySpan<byte> value))
            {
                return false;
            }

            entries.Add(new StateEntry(key.ToArray(), value.ToArray()));
        }

        chunk = new StateChunk(entries, null);
        return reader.End;
    }

    private static bool TryHash(IReadOnlyList<StateEntry> entries, StatePrefix prefix, out Hash256 root)
    {
        root = default;
        var changes = new StateChange[entries.Count];
        Hash256? before = null;
        for (int i = 0; i < changes.Length; i++)
        {
            Hash256 path = Hash256.Of(entries[i].Key.Span);
            if (!prefix.Contains(path) || (before is { } last && path <= last))
            {
                return false;
            }

            before = path;
            changes[i] = new StateChange(entries[i].Key.ToArray(), entries[i].Value.ToArray());
        }

        root = changes.Length == 0 ? Hash256.Zero : new StateUpdate(changes).Run(null, prefix.Depth)?.Hash ?? Hash256.Zero;
        return true;
    }

    /// <summary>How deep to go: paths are uniform, so how far the chunk's worth of entries reached tells how many chunks there are.</summary>
    private static int Levels(StatePrefix prefix, Hash256 reached)
    {
        // The common bits of the first and the last path of a chunk's worth, below the place: one more, and halves are about a chunk.
        int common = 0;
        while (prefix.Depth + common < StateProof.MaxDepth && !reached.Bit(prefix.Depth + common))
        {
            common++;
        }

        return Math.Clamp(common + 1, 1, 10);
    }

    private static byte[] EncodeTop(StateNode? node, int levels)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Write(node, levels);
        return buffer.WrittenSpan.ToArray();

        void Write(StateNode? at, int left)
        {
            Span<byte> span = buffer.GetSpan(1 + Hash256.Size);
            switch (at)
            {
                case null:
                    span[0] = Empty;
                    buffer.Advance(1);
                    break;
                case StateBranch branch when left > 0:
                    span[0] = Branch;
                    buffer.Advance(1);
                    Write(branch.Left, left - 1);
                    Write(branch.Right, left - 1);
                    break;
                default:
                    span[0] = Subtree;
                    at.Hash.CopyTo(span[1..]);
                    buffer.Advance(1 + Hash256.Size);
                    break;
            }
        }
    }

    private static bool TryFold(ref ReadOnlySpan<byte> rest, StatePrefix prefix, int levels, List<(StatePrefix, Hash256)> found, out Hash256 hash)
    {
        hash = Hash256.Zero;
        if (rest.IsEmpty)
        {
            return false;
        }

        byte kind = rest[0];
        rest = rest[1..];
        switch (kind)
        {
            case Empty:
                return true;
            case Subtree when rest.Length >= Hash256.Size && found.Count < MaxSubtrees:
                hash = new Hash256(rest[..Hash256.Size]);
                rest = rest[Hash256.Size..];
                found.Add((prefix, hash));
                return hash != Hash256.Zero;
            case Branch when levels > 0 && prefix.Depth < StateProof.MaxDepth:
                if (!TryFold(ref rest, prefix.Child(right: false), levels - 1, found, out Hash256 left)
                    || !TryFold(ref rest, prefix.Child(right: true), levels - 1, found, out Hash256 right))
                {
                    return false;
                }

                hash = StateHash.Branch(left, right);
                return true;
            default:
                return false;
        }
    }
}
