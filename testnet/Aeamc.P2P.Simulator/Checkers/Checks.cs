using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
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
    private readonly List<string> _other = [];

    /// <summary>What went wrong, in words; empty in a good run.</summary>
    public IEnumerable<string> Violations =>
        _agreement.Violations.Concat(_votes.Violations).Concat(_certificates.Violations).Concat(_other);

    /// <summary>Members shown to be byzantine by evidence.</summary>
    public SortedSet<ushort> Offenders { get; } = [];

    public void OnHonestVote(NodeIndex node, Vote vote) => _votes.Add(node, vote.Statement);

    public void OnSent(ReadOnlySpan<byte> bytes) => _certificates.OnSent(bytes);

    public void OnCommit(SimulatedNode node, BlockRef block)
    {
        if (node.IsHonest)
        {
            _agreement.Add(node.Index, block, node.Disk.Ledger[^2]);
            _certificates.OnCommit(node.Index, block);
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
        ulong bound = open + (ulong)simulation.Options.Core.RetainedViews + 3;
        if ((ulong)core.TrackedViews > bound)
        {
            _other.Add($"member {node.Index} tracks {core.TrackedViews} views, bound {bound}");
        }
    }

    public void OnNoProgress(string what) => _other.Add(what);
}
