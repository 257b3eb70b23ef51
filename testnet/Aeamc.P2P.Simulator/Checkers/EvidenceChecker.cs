using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Checkers;

/// <summary>
/// Whoever an honest member saw contradict itself is convicted on the ledger within <see cref="SimulationOptions.EvidenceBlocks"/> while the network is live, and nobody honest ever is. What
/// excludes what is written out here once more. Seen are votes that came while their view was near the member's own: verified by whomever sent, or by their voter itself.
/// </summary>
public sealed class EvidenceChecker(Simulation simulation)
{
    /// <summary>A crash this soon after the second vote came may take the evidence with it.</summary>
    private const long Grace = 100_000;

    private readonly SortedDictionary<(int Endpoint, View View, NodeIndex Voter), List<Heard>> _heard = [];
    private readonly List<Claim> _claims = [];
    private readonly SortedSet<NodeIndex> _convicted = [];
    private ulong _height;

    public List<string> Violations { get; } = [];

    /// <summary>Members seen to contradict themselves and not convicted yet.</summary>
    public int Open => _claims.Count;

    /// <summary>Members convicted on the ledger.</summary>
    public IReadOnlyCollection<NodeIndex> Convicted => _convicted;

    /// <summary>A vote has come to a member that is up.</summary>
    public void OnHeard(SimulatedNode node, Vote vote, int from, bool verified)
    {
        View view = vote.Statement.View;
        View current = node.Core!.CurrentView;
        if (!node.IsHonest || simulation.Ledger is null || _convicted.Contains(vote.Voter) || view.Value > current.Value + 1
            || view.Value + ((ulong)simulation.Options.Core.RetainedViews / 2) < current.Value)
        {
            return;
        }

        var heard = new Heard(vote, verified, simulation.MemberAt(from) == vote.Voter);
        if (!_heard.TryGetValue((node.Endpoint, view, vote.Voter), out List<Heard>? others))
        {
            _heard.Add((node.Endpoint, view, vote.Voter), others = []);
        }

        bool contradicts = others.Exists(other => Excludes(other.Vote.Statement, vote.Statement) && ((heard.Verified && other.Verified) || (heard.Own && other.Own))
            && IsSigned(other.Vote));
        if (!others.Exists(other => other == heard))
        {
            others.Add(heard);
        }

        if (contradicts && IsSigned(vote) && !_claims.Exists(claim => claim.Endpoint == node.Endpoint && claim.Offender == vote.Voter))
        {
            _claims.Add(new Claim(node.Endpoint, vote.Voter, view, _height, simulation.Clock.Now));
        }
    }

    /// <summary>What was heard is forgotten; what reached the disk is not.</summary>
    public void OnCrash(SimulatedNode node)
    {
        foreach ((int Endpoint, View View, NodeIndex Voter) key in _heard.Keys.Where(key => key.Endpoint == node.Endpoint).ToList())
        {
            _heard.Remove(key);
        }

        _claims.RemoveAll(claim => claim.Endpoint == node.Endpoint && claim.At > simulation.Clock.Now - Grace);
    }

    /// <summary>What it had on its disk is gone as well.</summary>
    public void OnStoreLost(SimulatedNode node) => _claims.RemoveAll(claim => claim.Endpoint == node.Endpoint);

    /// <summary>A height is final somewhere for the first time.</summary>
    public void OnBlock(LedgerState state)
    {
        _height = state.Height.Value;
        if (state.Counters.Offences != (ulong)_convicted.Count)
        {
            foreach (NodeIndex member in state.Convicted())
            {
                if (_convicted.Add(member) && !simulation.IsByzantine(member))
                {
                    Violations.Add($"honest member {member} is convicted at height {_height}");
                }
            }

            _claims.RemoveAll(claim => _convicted.Contains(claim.Offender));
        }

        if (IsLive)
        {
            foreach (Claim late in _claims.Where(claim => _height > Math.Max(claim.Height, simulation.CalmHeight) + (ulong)simulation.Options.EvidenceBlocks))
            {
                Tell(late);
            }
        }

        if (_height % 64 == 0)
        {
            Forget();
        }
    }

    /// <summary>The time is over for what was seen before it began.</summary>
    public void OnEnd(long began)
    {
        foreach (Claim claim in _claims.Where(claim => claim.At < began))
        {
            Tell(claim);
        }
    }

    private bool IsLive => simulation.Options.TroubleTime is null ? simulation.Options.Faults.Count == 0 : simulation.IsCalm;

    private void Tell(Claim claim)
    {
        if (Violations.Count < 8)
        {
            Violations.Add($"evidence against member {claim.Offender}, whom member {claim.Endpoint} saw contradict itself in view {claim.View} at height {claim.Height}, is in no block up to {_height}");
        }
    }

    private void Forget()
    {
        foreach ((int Endpoint, View View, NodeIndex Voter) key in _heard.Keys.ToList())
        {
            if (simulation.Nodes[key.Endpoint].Core is { } core && key.View.Value + (2 * (ulong)simulation.Options.Core.RetainedViews) < core.CurrentView.Value)
            {
                _heard.Remove(key);
            }
        }
    }

    private static bool Excludes(in Statement one, in Statement other) => (one.Kind, other.Kind) switch
    {
        (VoteKind.Notarize, VoteKind.Notarize) or (VoteKind.Finalize, VoteKind.Finalize) => one.Block != other.Block,
        (VoteKind.Nullify, VoteKind.Finalize) or (VoteKind.Finalize, VoteKind.Nullify) => true,
        _ => false,
    };

    private bool IsSigned(Vote vote) => ToySignatures.Sign(simulation.Committee[vote.Voter], simulation.Domain.Message(vote.Statement)) == vote.Signature;

    private sealed record Heard(Vote Vote, bool Verified, bool Own);

    private sealed record Claim(int Endpoint, NodeIndex Offender, View View, ulong Height, long At);
}
