using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>
/// The way down one state tree (ADR 0013): which part to ask of whom next, and what an answer changes. A part is believed when it hashes to what the part
/// above it says, and the topmost one when a quorum's finalization says so. The host asks, checks (<see cref="SnapshotAnswer.Read"/>) and keeps. Not safe
/// for concurrent calls.
/// </summary>
/// <param name="proof">The snapshot, proven.</param>
/// <param name="maximumParts">Parts asked for at once: with <see cref="SnapshotProtocol.MaximumChunk"/> the bound on memory.</param>
public sealed class SnapshotPlan(SnapshotProof proof, int maximumParts)
{
    private readonly Stack<SnapshotPlace> _places = new([new SnapshotPlace(StatePrefix.Root, proof.StateRoot)]);
    private readonly List<SnapshotAsk> _asking = [];
    private readonly List<StatePrefix> _parts = [];

    /// <summary>Parts that came over the network; those that were here already are not among them.</summary>
    public int Fetched { get; private set; }

    /// <summary>No connected member hands this snapshot out any more.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Whether all parts are here.</summary>
    public bool IsDone => !IsLost && _places.Count + _asking.Count == 0;

    /// <summary>The parts that are here, in the order of their paths.</summary>
    public IReadOnlyList<StatePrefix> Parts => [.. _parts.OrderBy(part => part.Bits)];

    /// <summary>The next questions.</summary>
    /// <param name="sources">Whom to ask.</param>
    /// <param name="has">Whether a part with that hash is here already, from before a restart or from another snapshot.</param>
    public IReadOnlyList<SnapshotAsk> Next(ISyncSources sources, Func<StatePrefix, Hash256, bool> has)
    {
        var asks = new List<SnapshotAsk>();
        while (!IsLost && _asking.Count < maximumParts && _places.TryPop(out SnapshotPlace? place))
        {
            if (has(place.Prefix, place.Hash))
            {
                _parts.Add(place.Prefix);
                continue;
            }

            if (sources.Take(place.Tried, [], out bool exhausted) is not { } source)
            {
                _places.Push(place);
                IsLost = exhausted;
                break;
            }

            place.Tried.Add(source);
            var ask = new SnapshotAsk(place, source, proof.Height);
            _asking.Add(ask);
            asks.Add(ask);
        }

        return asks;
    }

    /// <summary>Takes what came of a question.</summary>
    /// <returns>The entries to keep under the place that was asked for; null when there are none.</returns>
    public IReadOnlyList<StateEntry>? Take(SnapshotAsk ask, SnapshotAnswer answer, ISyncSources sources)
    {
        if (!_asking.Remove(ask))
        {
            return null;
        }

        sources.Return(ask.Source, answer.Chunk is not null ? true : answer.Status == SyncStatus.Refused ? null : false);
        if (answer.IsLie)
        {
            sources.Lied(ask.Source, "snapshot_chunk");
        }

        if (answer.Chunk is not { } chunk)
        {
            _places.Push(ask.Place);
            return null;
        }

        Fetched++;
        foreach ((StatePrefix prefix, Hash256 hash) in answer.Below)
        {
            _places.Push(new SnapshotPlace(prefix, hash));
        }

        if (chunk.Entries is not null)
        {
            _parts.Add(ask.Prefix);
        }

        return chunk.Entries;
    }

    /// <summary>Gives every source back that is still asked; answers that come later change nothing.</summary>
    public void End(ISyncSources sources)
    {
        _asking.ForEach(ask => sources.Return(ask.Source, null));
        _asking.Clear();
    }
}
