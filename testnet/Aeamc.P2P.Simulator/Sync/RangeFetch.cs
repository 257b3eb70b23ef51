using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Sync;

/// <summary>Catches up by ranges: the daemon's <see cref="RangePlan"/> over the simulated network.</summary>
public sealed class RangeFetch(Simulation simulation, LedgerNetwork network, SimulatedNode node)
{
    private readonly RangePlanOptions _options = new()
    {
        MaximumPieces = 4,
        PieceBlocks = 8,
        HedgeAfter = simulation.Options.RequestPatience / 2,
        RetryInterval = simulation.Options.Core.RetryInterval,
    };

    private readonly RangeVerifier _verifier = new(network.Context, simulation.Verifier);
    private NodeSources _sources = new(simulation, node);
    private IReadOnlyList<NodeIndex> _likely = [];
    private RangePlan? _plan;
    private bool _working;

    public void Crash()
    {
        _plan = null;
        _working = false;
        _sources = new NodeSources(simulation, node);
    }

    /// <summary>Begins to fetch, or moves the end of what is being fetched.</summary>
    public void Start(Height from, Height through, IReadOnlyList<NodeIndex> likely)
    {
        _likely = likely;
        if (_plan is { } running)
        {
            running.Aim(through);
            return;
        }

        _plan = new RangePlan(_options, from);
        _plan.Aim(through);
        RangePlan plan = _plan;
        Go(plan);
        LookAgain(plan);
    }

    private void LookAgain(RangePlan plan) => node.Later(_options.RetryInterval * 1000, () =>
    {
        if (_plan == plan)
        {
            Go(plan);
            LookAgain(plan);
        }
    });

    private void Go(RangePlan plan)
    {
        if (_plan != plan || _working)
        {
            return;
        }

        _working = true;
        foreach (RangeAsk ask in plan.Next(_sources, _likely, _sources.Now))
        {
            node.Ask(ask.Source, RequestKind.Range, SyncProtocol.EncodeRangeRequest(ask.From, ask.Count), (status, bytes) => Check(plan, ask, status, bytes));
        }

        bool moved = false;
        while (_plan == plan && plan.Deliver() is { } blocks)
        {
            foreach (SyncedBlock block in blocks)
            {
                node.CommitSynced(block);
            }

            simulation.RangeBlocks += blocks.Count;
            plan.Delivered(node.Disk.Tip.Height);
            moved = true;
        }

        _working = false;
        if (_plan != plan)
        {
            return;
        }

        if (plan.IsDone)
        {
            plan.End(_sources);
            _plan = null;
            node.Commit();
            node.Blocks.Retry();
        }
        else if (moved)
        {
            Go(plan);
        }
    }

    /// <summary>Reading and checking takes the time of the signatures in it.</summary>
    private void Check(RangePlan plan, RangeAsk ask, SyncStatus status, ReadOnlyMemory<byte> bytes)
    {
        RangeAnswer answer = simulation.Options.AcceptsLies ? Believe(status, bytes) : RangeAnswer.Read(_verifier, ask.From, status, bytes);
        int signatures = answer.Blocks?.Sum(block => block.Finalization?.Signers.Count ?? 0) ?? 1;
        node.Later(signatures * simulation.Options.Processing.Verify, () =>
        {
            if (_plan == plan)
            {
                plan.Take(ask, answer, _sources);
                Go(plan);
            }
        });
    }

    /// <summary>Wrong on purpose: takes what reads as blocks for blocks.</summary>
    private RangeAnswer Believe(SyncStatus status, ReadOnlyMemory<byte> bytes)
    {
        var blocks = new List<SyncedBlock>();
        if (status == SyncStatus.Answered && SyncProtocol.TryDecodeRange(bytes, out List<RangeBlock>? read))
        {
            foreach (RangeBlock block in read)
            {
                if (!BlockContent.TryDecode(block.Content.Span, out BlockContent? content))
                {
                    break;
                }

                List<Batch> batches = [.. block.Batches.Select(bytes => Batch.TryDecode(bytes, out Batch? batch) ? batch : null).OfType<Batch>()];
                List<BlockEntry> entries = [.. batches.SelectMany(batch => BatchEntries.Decode(network.Context, batch) ?? [])];
                blocks.Add(new SyncedBlock(content, batches, entries, null));
            }
        }

        return new RangeAnswer(status, blocks.Count == 0 ? null : blocks, null);
    }
}
