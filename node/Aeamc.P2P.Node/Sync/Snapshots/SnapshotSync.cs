using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Sync.Snapshots;

/// <summary>
/// Fills an empty store with the newest state that members hand out, in parts from several members at once. A part is believed when it hashes to what the
/// part above it says, and the topmost one when a quorum's finalization says so. What is here survives a restart and, where nothing changed, a newer snapshot.
/// </summary>
public sealed class SnapshotSync(
    ILibp2pHost host, ChainContext context, SyncSources sources, IFinalizationVerifier finalizations, NodeStore store, CancellationToken stopping)
{
    /// <summary>Parts asked for at once: with <see cref="SnapshotProtocol.MaximumChunk"/> the bound on memory.</summary>
    public const int MaximumParts = 8;

    /// <summary>When nobody has what is wanted, all are asked again after this time.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    /// <summary>Parts that came over the network; those found in the store are not among them.</summary>
    public int Fetched { get; private set; }

    /// <summary>Fetches and imports; gives the height, or null when enough members say that there is no snapshot yet: then the chain is short.</summary>
    public async Task<Height?> RunAsync()
    {
        while (true)
        {
            (SnapshotProof? proof, bool none) = await FindAsync();
            if (none && !store.Staging.IsImporting)
            {
                return null;
            }

            if (proof is not null && await FetchAsync(proof))
            {
                return proof.Height;
            }

            await Task.Delay(RetryInterval, host.Time, stopping);
        }
    }

    /// <summary>The newest snapshot that proves itself; or none, when so many members have none that one of them is honest.</summary>
    private async Task<(SnapshotProof? Proof, bool None)> FindAsync()
    {
        SnapshotProof? best = null;
        int without = 0;
        foreach (PeerId peer in sources.Order([]))
        {
            RequestResult result = await host.RequestAsync(peer, SnapshotProtocol.Offer, SnapshotProtocol.Nothing, stopping);
            stopping.ThrowIfCancellationRequested();
            if (result.Status == RequestStatus.Refused)
            {
                without++;
            }
            else if (result.Status == RequestStatus.Ok)
            {
                if (!SnapshotProof.TryDecode(result.Response.Span, out SnapshotProof? proof) || proof.Verify(context.Genesis.ClusterId, finalizations) != ProofVerdict.Valid)
                {
                    sources.Lied(peer, "snapshot_proof");
                }
                else if (best is null || proof.Height > best.Height)
                {
                    best = proof;
                }
            }
        }

        return (best, best is null && without > context.Committee.Count - context.Committee.Quorum);
    }

    private async Task<bool> FetchAsync(SnapshotProof proof)
    {
        if (await FetchStateAsync(proof) is not { } parts)
        {
            return false;
        }

        LedgerState state = LedgerState.Load(store.Staging.Read(parts));
        if (state.Root != proof.StateRoot)
        {
            // Every part was proven when it came: the disk has lost or changed something since.
            store.Staging.Clear();
            return false;
        }

        Height[] heights = [.. state.DkgMessages().Select(message => message.Height).Where(height => height < proof.Parent.Height).Distinct()];
        if (await FetchHeadersAsync(proof, heights) is not var (headers, nodes))
        {
            return false;
        }

        store.ImportSnapshot(new SnapshotImport
        {
            Head = new StoreHead(proof.Height, proof.Header.ComputeHash()),
            Payload = proof.Payload.Encoded,
            Headers = [.. headers.Append(proof.Parent).Append(proof.Header).Select(header => (header.Height, (ReadOnlyMemory<byte>)header.ToArray()))],
            Mountains = [.. nodes, .. Peaks(proof.Mountains)],
            Parts = parts,
        });
        return true;
    }

    /// <summary>All parts, in the order of their paths, once they are in the store; null when no connected member hands this snapshot out any more.</summary>
    private async Task<List<StatePrefix>?> FetchStateAsync(SnapshotProof proof)
    {
        var parts = new List<StatePrefix>();
        var places = new Stack<Place>();
        var asking = new Dictionary<Task<Answer>, Place>();
        places.Push(new Place(StatePrefix.Root, proof.StateRoot));
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        try
        {
            while (places.Count + asking.Count > 0)
            {
                while (asking.Count < MaximumParts && places.TryPop(out Place? place))
                {
                    if (store.Staging.Has(place.Prefix, place.Hash))
                    {
                        parts.Add(place.Prefix);
                        continue;
                    }

                    if (sources.Take(place.Tried, [], out bool exhausted) is not { } source)
                    {
                        if (exhausted)
                        {
                            return null;
                        }

                        places.Push(place);
                        break;
                    }

                    place.Tried.Add(source);
                    asking.Add(AskAsync(proof.Height, place, source, enough.Token), place);
                }

                if (asking.Count == 0)
                {
                    if (places.Count > 0)
                    {
                        await Task.Delay(RetryInterval, host.Time, stopping);
                    }
                }
                else
                {
                    Task<Answer> done = await Task.WhenAny(asking.Keys);
                    asking.Remove(done, out Place? asked);
                    Take(await done, asked!, places, parts);
                }
            }
        }
        finally
        {
            await enough.CancelAsync();
            foreach (Answer late in await Task.WhenAll(asking.Keys))
            {
                sources.Return(late.From, null);
            }
        }

        parts.Sort((a, b) => a.Bits.CompareTo(b.Bits));
        return parts;
    }

    private void Take(Answer answer, Place place, Stack<Place> places, List<StatePrefix> parts)
    {
        stopping.ThrowIfCancellationRequested();
        sources.Return(answer.From, answer.Chunk is not null ? true : answer.Status == RequestStatus.Refused ? null : false);
        if (answer.Lied)
        {
            sources.Lied(answer.From, "snapshot_chunk");
        }

        if (answer.Chunk is not { } chunk)
        {
            places.Push(place);
            return;
        }

        Fetched++;
        foreach ((StatePrefix prefix, Hash256 hash) in answer.Below)
        {
            places.Push(new Place(prefix, hash));
        }

        if (chunk.Entries is { } entries)
        {
            store.Staging.Put(place.Prefix, place.Hash, entries);
            parts.Add(place.Prefix);
        }
    }

    private async Task<Answer> AskAsync(Height height, Place place, PeerId source, CancellationToken cancellation)
    {
        RequestResult result = await host.RequestAsync(source, SnapshotProtocol.Chunk, SnapshotProtocol.EncodeChunkRequest(height, place.Prefix), cancellation).ConfigureAwait(false);
        if (result.Status != RequestStatus.Ok)
        {
            return new Answer(source, result.Status, null, [], Lied: false);
        }

        return StateChunk.TryDecode(result.Response.Span, out StateChunk? chunk) && chunk.TryVerify(place.Prefix, place.Hash, out IReadOnlyList<(StatePrefix, Hash256)> below)
            ? new Answer(source, result.Status, chunk, below, Lied: false)
            : new Answer(source, result.Status, null, [], Lied: true);
    }

    /// <summary>The headers by whose times the key generation's phases closed, proven to be in the chain.</summary>
    private async Task<(List<MicroblockHeader> Headers, List<MountainNode> Nodes)?> FetchHeadersAsync(SnapshotProof proof, Height[] heights)
    {
        var headers = new List<MicroblockHeader>();
        var nodes = new List<MountainNode>();
        foreach (Height[] some in heights.Chunk(SnapshotProtocol.MaximumHeaders))
        {
            bool found = false;
            foreach (PeerId peer in sources.Order([]))
            {
                RequestResult result = await host.RequestAsync(peer, SnapshotProtocol.Headers, SnapshotProtocol.EncodeHeadersRequest(proof.Height, some), stopping);
                stopping.ThrowIfCancellationRequested();
                if (result.Status != RequestStatus.Ok)
                {
                    continue;
                }

                if (!SnapshotProtocol.TryDecodeHeaders(result.Response.Span, out List<ProvenHeader>? proven) || proven.Count != some.Length
                    || !TryVerify(proven, some, proof.Mountains, headers, nodes))
                {
                    sources.Lied(peer, "snapshot_headers");
                    continue;
                }

                found = true;
                break;
            }

            if (!found)
            {
                return null;
            }
        }

        return (headers, nodes);
    }

    private static bool TryVerify(List<ProvenHeader> proven, Height[] heights, MerkleMountainRange mountains, List<MicroblockHeader> headers, List<MountainNode> nodes)
    {
        var good = proven.Select((header, i) => header.Verify(heights[i], mountains)).ToList();
        if (good.Exists(one => one is null))
        {
            return false;
        }

        headers.AddRange(good.Select(one => one!.Value.Header));
        nodes.AddRange(good.SelectMany(one => one!.Value.Nodes));
        return true;
    }

    private static IEnumerable<MountainNode> Peaks(MerkleMountainRange mountains)
    {
        int next = 0;
        for (int level = 63; level >= 0; level--)
        {
            if ((mountains.Count >> level & 1) != 0)
            {
                yield return new MountainNode(level, (mountains.Count >> level) - 1, mountains.Peaks[next++]);
            }
        }
    }

    private sealed record Place(StatePrefix Prefix, Hash256 Hash)
    {
        public HashSet<PeerId> Tried { get; } = [];
    }

    private sealed record Answer(PeerId From, RequestStatus Status, StateChunk? Chunk, IReadOnlyList<(StatePrefix Prefix, Hash256 Hash)> Below, bool Lied);
}
