using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Checkers;

/// <summary>
/// All checkers of a run behind one face. They see only what is outside the core (votes, messages, commits) and share no code with it but the
/// message types, so that a mistake in the core's rules cannot hide itself.
/// </summary>
public sealed class Checks(Simulation simulation)
{
    private readonly AgreementChecker _agreement = new();
    private readonly HonestVoteChecker _votes = new();
    private readonly CertificateChecker _certificates = new(simulation);
    private readonly StateRootChecker? _states = simulation.Ledger is { } network ? new StateRootChecker(simulation, network) : null;
    private readonly List<string> _other = [];

    /// <summary>What went wrong, in words; empty in a good run.</summary>
    public IEnumerable<string> Violations =>
        _agreement.Violations.Concat(_votes.Violations).Concat(_certificates.Violations).Concat(_states?.Violations ?? []).Concat(Entries.Violations).Concat(_other);

    /// <summary>What becomes of entries.</summary>
    public EntryChecker Entries { get; } = new();

    /// <summary>Members shown to be byzantine by evidence.</summary>
    public SortedSet<ushort> Offenders { get; } = [];

    /// <summary>A vote is about to leave a node.</summary>
    public void OnVote(SimulatedNode node, Vote vote)
    {
        if (node.IsHonest)
        {
            _votes.Add(node.Index, vote.Statement);
            if (node.Disk.IsFull)
            {
                _other.Add($"honest member {node.Index} voted for {vote.Statement} though its disk takes no record of it");
            }
        }
    }

    /// <summary>A message is sent; anyone may lie, an honest member may not pass a lie on.</summary>
    public void OnSent(SimulatedNode node, ConsensusMessage? message)
    {
        if (message is Certificate certificate)
        {
            _certificates.Add(node.Index, node.IsHonest, certificate);
        }
    }

    /// <summary>A record goes into a log: a certificate that an honest member makes or takes counts even when nobody sends it.</summary>
    public void OnLogged(SimulatedNode node, WalRecord record)
    {
        if (node.IsHonest && record is WalRecord.Accepted accepted)
        {
            _certificates.Add(node.Index, true, accepted.Certificate);
        }
    }

    public void OnCommit(SimulatedNode node, BlockRef block)
    {
        if (node.IsHonest)
        {
            _agreement.Add(node.Index, block, node.Disk.Ledger[^2]);
            _certificates.OnCommit(node.Index, block);
            if (node.Blocks is LedgerBlocks { Head: var head } && _states?.OnCommit(node, head) is { } first)
            {
                Entries.OnBlock(first.Outcomes, first.State.Counters.ProofsCounted);
                simulation.OnFirstCommit(first);
            }
        }
    }

    /// <summary>An entry was acknowledged.</summary>
    public void OnAcknowledged(SimulatedNode node, Hash256 entry)
    {
        simulation.Trace.Add(entry.Prefix64);
        if (node.IsHonest)
        {
            Entries.OnAcknowledged(node.Index, entry, simulation.Clock.Now);
        }
    }

    /// <summary>A node has read its disk and goes on with what it found.</summary>
    public void OnStarted(SimulatedNode node)
    {
        if (node.IsHonest && node.Disk.Log.HoldsFlips)
        {
            _other.Add($"honest member {node.Index} started on a log with a flipped bit");
        }
    }

    public void OnEvidence(EquivocationEvidence evidence)
    {
        Offenders.Add(evidence.Offender.Value);
        if (!simulation.IsByzantine(evidence.Offender))
        {
            _other.Add($"evidence against honest member {evidence.Offender}: {evidence.First.Statement}, {evidence.Second.Statement}");
        }
    }

    public void OnHalt(SimulatedNode node, string why)
    {
        if (node.IsHonest)
        {
            _other.Add($"honest member {node.Index} halted: {why}");
        }
    }

    /// <summary>Memory: the open views, the retained ones, and the one ahead.</summary>
    public void OnTurn(SimulatedNode node)
    {
        if (node is not { IsHonest: true, Core: { } core })
        {
            return;
        }

        ulong open = core.CurrentView.Value - Math.Min(core.CurrentView.Value, core.LastFinalized.View.Value);
        OnMemory(node.Index, core.TrackedViews, open);
    }

    /// <summary>Views held by a member that has so many views open.</summary>
    public void OnMemory(NodeIndex node, int tracked, ulong open)
    {
        ulong bound = open + (ulong)simulation.Options.Core.RetainedViews + 3;
        if ((ulong)tracked > bound)
        {
            _other.Add($"member {node} tracks {tracked} views, bound {bound}");
        }
    }

    public void OnNoProgress(string what) => _other.Add(what);
}
