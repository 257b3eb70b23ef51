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
/// Fills an empty store with the newest state that members hand out, in parts from several members at once, as <see cref="SnapshotChoice"/> and
/// <see cref="SnapshotPlan"/> say. What is here survives a restart and, where nothing changed, a newer snapshot.
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
        var choice = new SnapshotChoice(context, finalizations);
        foreach (PeerId peer in sources.Order([]))
        {
            RequestResult result = await host.RequestAsync(peer, SnapshotProtocol.Offer, SnapshotProtocol.Nothing, stopping);
            stopping.ThrowIfCancellationRequested();
            if (!choice.Take(Answers.StatusOf(result.Status), result.Response.Span))
            {
                sources.Lied(peer, "snapshot_proof");
            }
        }

        return (choice.Best, choice.IsNone);
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
    private async Task<IReadOnlyList<StatePrefix>?> FetchStateAsync(SnapshotProof proof)
    {
        var plan = new SnapshotPlan(proof, MaximumParts);
        var asking = new Dictionary<Task<SnapshotAnswer>, SnapshotAsk>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        try
        {
            while (!plan.IsDone)
            {
                foreach (SnapshotAsk ask in plan.Next(sources, store.Staging.Has))
                {
                    asking.Add(AskAsync(ask, enough.Token), ask);
                }

                if (plan.IsLost)
                {
                    return null;
                }

                if (asking.Count > 0)
                {
                    Task<SnapshotAnswer> done = await Task.WhenAny(asking.Keys);
                    asking.Remove(done, out SnapshotAsk? asked);
                    stopping.ThrowIfCancellationRequested();
                    if (plan.Take(asked!, await done, sources) is { } entries)
                    {
                        store.Staging.Put(asked!.Prefix, asked.Hash, entries);
                    }
                }
                else if (!plan.IsDone)
                {
                    await Task.Delay(RetryInterval, host.Time, stopping);
                }
            }
        }
        finally
        {
            plan.End(sources);
            Fetched += plan.Fetched;
            await enough.CancelAsync();
            await Task.WhenAll(asking.Keys);
        }

        return plan.Parts;
    }

    private async Task<SnapshotAnswer> AskAsync(SnapshotAsk ask, CancellationToken cancellation)
    {
        RequestResult result = await host.RequestAsync(
            sources.PeerOf(ask.Source), SnapshotProtocol.Chunk, SnapshotProtocol.EncodeChunkRequest(ask.Height, ask.Prefix), cancellation).ConfigureAwait(false);
        return SnapshotAnswer.Read(ask, Answers.StatusOf(result.Status), result.Response.Span);
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
}
