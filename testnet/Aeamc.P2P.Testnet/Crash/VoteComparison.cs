using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Committees;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Cryptography.Verification;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Testnet.Crash;

/// <summary>
/// Compares everything that every member has ever been heard to say, as the other members wrote it down: alone, in its proposals and in certificates. Shares with the
/// node only the messages' form and the signature check; what may not be said twice is stated here once more.
/// </summary>
public sealed class VoteComparison
{
    private readonly MessageVerifier _verifier;
    private readonly Dictionary<(ushort Voter, ulong View), Said> _said = [];
    private readonly Dictionary<ushort, List<(DateTimeOffset At, ulong View)>> _heard = [];
    private readonly List<string> _violations = [];

    /// <param name="genesis">Names the members.</param>
    public VoteComparison(GenesisDocument genesis)
    {
        var committee = new Committee([.. genesis.Committee.Select(member => member.Id)]);
        var leaders = new LeaderSchedule(committee, genesis.Hash());
        _verifier = new MessageVerifier(
            new SigningDomain(genesis.NetworkId, genesis.ClusterId, Epoch.Zero), committee, leaders, new Ed25519SignatureVerifier(), new MicroblockContent());
    }

    /// <summary>Different statements heard.</summary>
    public long Votes { get; private set; }

    /// <summary>Messages read.</summary>
    public long Messages { get; private set; }

    /// <summary>Who said what may not be said, in sentences.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Reads what one member wrote down.</summary>
    public void Read(string path)
    {
        foreach ((DateTimeOffset received, NodeIndex sender, ReadOnlyMemory<byte> bytes) in VoteRecorder.Read(path))
        {
            Messages++;
            if (!ConsensusMessageCodec.TryDecode(bytes.Span, out ConsensusMessage? message))
            {
                _violations.Add($"node-{sender} sent something that is no consensus message");
                continue;
            }

            switch (message)
            {
                case Vote vote:
                    Hear(sender, received, vote);
                    break;
                case Proposal proposal:
                    Hear(sender, received, proposal.Notarize);
                    break;
                case Certificate certificate:
                    Take(sender, certificate);
                    break;
            }
        }
    }

    /// <summary>The first moment from <paramref name="since"/> on at which a member was heard to vote in a view above all that it had voted in before; null when it was not.</summary>
    public DateTimeOffset? FirstNewVote(int member, DateTimeOffset since)
    {
        if (!_heard.TryGetValue((ushort)member, out List<(DateTimeOffset At, ulong View)>? heard))
        {
            return null;
        }

        ulong before = heard.Where(one => one.At < since).Select(one => one.View).DefaultIfEmpty().Max();
        List<DateTimeOffset> after = [.. heard.Where(one => one.At >= since && one.View > before).Select(one => one.At)];
        return after.Count == 0 ? null : after.Min();
    }

    private void Hear(NodeIndex sender, DateTimeOffset received, Vote vote)
    {
        if (vote.Voter != sender)
        {
            _violations.Add($"node-{sender} sent a vote of node-{vote.Voter}");
            return;
        }

        if (!_heard.TryGetValue(sender.Value, out List<(DateTimeOffset At, ulong View)>? heard))
        {
            _heard.Add(sender.Value, heard = []);
        }

        heard.Add((received, vote.Statement.View.Value));
        if (Compare(sender, vote.Statement) && _verifier.Verify(vote, out _) != VerificationResult.Valid)
        {
            _violations.Add($"node-{sender} sent a vote with a wrong signature: {vote.Statement}");
        }
    }

    private void Take(NodeIndex sender, Certificate certificate)
    {
        bool fresh = false;
        for (ushort member = 0; member < _verifier.Committee.Count; member++)
        {
            if (certificate.Signers.Contains(new NodeIndex(member)))
            {
                fresh |= Compare(new NodeIndex(member), certificate.Statement);
            }
        }

        if (fresh && _verifier.Verify(certificate, out _) != VerificationResult.Valid)
        {
            _violations.Add($"node-{sender} sent a certificate that does not verify: {certificate.Statement}");
        }
    }

    /// <summary>True for a statement that was not heard before; notes a violation when it may not stand beside those that were.</summary>
    private bool Compare(NodeIndex voter, Statement statement)
    {
        (ushort, ulong) place = (voter.Value, statement.View.Value);
        if (!_said.TryGetValue(place, out Said? said))
        {
            _said.Add(place, said = new Said());
        }

        switch (statement.Kind)
        {
            case VoteKind.Notarize when said.Notarized == statement.Block:
            case VoteKind.Nullify when said.Nullified:
            case VoteKind.Finalize when said.Finalized == statement.Block:
                return false;
            case VoteKind.Notarize:
                Forbid(said.Notarized is not null, voter, statement, "after it notarized another block in that view");
                Forbid(said.Finalized is { } finalized && finalized != statement.Block, voter, statement, "though it finalized another block in that view");
                said.Notarized = statement.Block;
                break;
            case VoteKind.Nullify:
                Forbid(said.Finalized is not null, voter, statement, "though it finalized a block in that view");
                said.Nullified = true;
                break;
            case VoteKind.Finalize:
                Forbid(said.Finalized is not null, voter, statement, "after it finalized another block in that view");
                Forbid(said.Nullified, voter, statement, "though it nullified that view");
                Forbid(said.Notarized is { } notarized && notarized != statement.Block, voter, statement, "though it notarized another block in that view");
                said.Finalized = statement.Block;
                break;
            default:
                throw Invariant.Fail($"vote kind {statement.Kind}");
        }

        Votes++;
        return true;
    }

    private void Forbid(bool condition, NodeIndex voter, Statement statement, string why)
    {
        if (condition)
        {
            _violations.Add($"node-{voter} said {statement} {why}");
        }
    }

    private sealed class Said
    {
        public BlockRef? Notarized { get; set; }

        public bool Nullified { get; set; }

        public BlockRef? Finalized { get; set; }
    }
}
