using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>A question for a part of a state, to be sent to one member (<see cref="SnapshotProtocol.Chunk"/>); its answer goes to <see cref="SnapshotPlan.Take"/>.</summary>
public sealed class SnapshotAsk
{
    internal SnapshotAsk(SnapshotPlace place, NodeIndex source, Height height)
    {
        Place = place;
        Source = source;
        Height = height;
    }

    /// <summary>Whom to ask.</summary>
    public NodeIndex Source { get; }

    /// <summary>The snapshot's height.</summary>
    public Height Height { get; }

    /// <summary>The place in the state tree.</summary>
    public StatePrefix Prefix => Place.Prefix;

    /// <summary>Its hash.</summary>
    public Hash256 Hash => Place.Hash;

    internal SnapshotPlace Place { get; }
}

/// <summary>What came of a question.</summary>
/// <param name="Status">Whether there was an answer.</param>
/// <param name="Chunk">The part, proven; null when none came or it is false.</param>
/// <param name="Below">The next places and their hashes.</param>
/// <param name="IsLie">Whether the answer disproves itself.</param>
public sealed record SnapshotAnswer(SyncStatus Status, StateChunk? Chunk, IReadOnlyList<(StatePrefix Prefix, Hash256 Hash)> Below, bool IsLie)
{
    /// <summary>Reads and checks an answer: a function of its arguments, for any number of answers at once.</summary>
    public static SnapshotAnswer Read(SnapshotAsk ask, SyncStatus status, ReadOnlySpan<byte> bytes)
    {
        if (status != SyncStatus.Answered)
        {
            return new SnapshotAnswer(status, null, [], IsLie: false);
        }

        return StateChunk.TryDecode(bytes, out StateChunk? chunk) && chunk.TryVerify(ask.Prefix, ask.Hash, out IReadOnlyList<(StatePrefix, Hash256)> below)
            ? new SnapshotAnswer(status, chunk, below, IsLie: false)
            : new SnapshotAnswer(status, null, [], IsLie: true);
    }
}

internal sealed record SnapshotPlace(StatePrefix Prefix, Hash256 Hash)
{
    public SortedSet<NodeIndex> Tried { get; } = [];
}
