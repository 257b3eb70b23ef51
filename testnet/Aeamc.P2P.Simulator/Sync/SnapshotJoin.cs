using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Sync;

/// <summary>Fills an empty store before the node starts: the daemon's <see cref="SnapshotChoice"/> and <see cref="SnapshotPlan"/> over the simulated network.</summary>
/// <param name="open">Goes on with the start.</param>
public sealed class SnapshotJoin(Simulation simulation, LedgerNetwork network, SimulatedNode node, Action open)
{
    private const int MaximumParts = 4;

    private readonly NodeSources _sources = new(simulation, node);
    private readonly FinalizationVerifier _finalizations = new(simulation.Verifier);
    private SnapshotPlan? _plan;

    /// <summary>Asks everyone what there is.</summary>
    public void Begin()
    {
        var choice = new SnapshotChoice(network.Context, _finalizations);
        IReadOnlyList<NodeIndex> members = _sources.Order();
        int left = members.Count;
        if (left == 0)
        {
            open();
        }

        foreach (NodeIndex member in members)
        {
            node.Ask(member, RequestKind.Snapshot, SnapshotProtocol.Nothing.ToArray(), (status, bytes) =>
            {
                if (!choice.Take(status, bytes.Span))
                {
                    _sources.Lied(member, "snapshot_proof");
                }

                if (--left == 0)
                {
                    Choose(choice);
                }
            });
        }
    }

    private void Choose(SnapshotChoice choice)
    {
        if (choice.IsNone)
        {
            // The chain is short.
            open();
        }
        else if (choice.Best is { } proof)
        {
            _plan = new SnapshotPlan(proof, MaximumParts);
            Go(_plan, proof);
        }
        else
        {
            BeginAgain();
        }
    }

    private void BeginAgain()
    {
        _plan = null;
        node.Later(simulation.Options.Core.RetryInterval * 1000L, Begin);
    }

    private void Go(SnapshotPlan plan, SnapshotProof proof)
    {
        IReadOnlyList<SnapshotAsk> asks = plan.Next(_sources, node.Disk.HasPart);
        foreach (SnapshotAsk ask in asks)
        {
            node.Ask(ask.Source, RequestKind.Chunk, SnapshotProtocol.EncodeChunkRequest(ask.Height, ask.Prefix), (status, bytes) => Take(plan, proof, ask, status, bytes));
        }

        if (plan.IsLost)
        {
            plan.End(_sources);
            BeginAgain();
        }
        else if (plan.IsDone)
        {
            _plan = null;
            Import(plan, proof);
        }
    }

    private void Take(SnapshotPlan plan, SnapshotProof proof, SnapshotAsk ask, SyncStatus status, ReadOnlyMemory<byte> bytes)
    {
        if (_plan != plan)
        {
            return;
        }

        if (plan.Take(ask, Read(ask, status, bytes), _sources) is { } entries)
        {
            node.Disk.Stage(ask.Prefix, ask.Hash, entries);
        }

        Go(plan, proof);
    }

    private SnapshotAnswer Read(SnapshotAsk ask, SyncStatus status, ReadOnlyMemory<byte> bytes)
    {
        // Wrong on purpose: takes what reads as entries for the entries.
        bool believes = simulation.Options.AcceptsLies && status == SyncStatus.Answered;
        return believes && StateChunk.TryDecode(bytes.Span, out StateChunk? chunk) && chunk.Entries is not null
            ? new SnapshotAnswer(status, chunk, [], IsLie: false)
            : SnapshotAnswer.Read(ask, status, bytes.Span);
    }

    private void Import(SnapshotPlan plan, SnapshotProof proof)
    {
        LedgerState? state = Load(plan.Parts);
        if (state is null)
        {
            simulation.Checks.OnHalt(node, $"the snapshot of height {proof.Height} is no state");
            return;
        }

        Invariant.Check(state.Root == proof.StateRoot || simulation.Options.AcceptsLies);
        node.Disk.Import(proof, state);
        simulation.OnSnapshot(node, proof, state);
        open();
    }

    private LedgerState? Load(IReadOnlyList<StatePrefix> parts)
    {
        try
        {
            return LedgerState.Load(node.Disk.ReadParts(parts));
        }
        catch (InvariantException) when (simulation.Options.AcceptsLies)
        {
            return null;
        }
    }
}
