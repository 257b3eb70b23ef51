using System.Collections.Concurrent;
using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Consensus;

/// <summary>
/// Consensus messages over direct libp2p connections between members, one hop. What arrives is decoded with bounds, dropped when the loop
/// already has it, verified on the connection's own task, and only then posted.
/// </summary>
public sealed class ConsensusNetwork : IConsensusTransport
{
    /// <summary>The one-way message protocol.</summary>
    public const string Protocol = "/aeamc/votes/1";

    /// <summary>The longest message: a proposal with its content.</summary>
    public const int MaximumMessage = 128 * 1024;

    private readonly ILibp2pHost _host;
    private readonly MessageVerifier _verifier;
    private readonly ConsensusObserver _observer;
    private readonly InputQueue _inputs;
    private readonly VoteRecorder? _recorder;
    private readonly HeardVotes _heard;
    private readonly Lock _hearing = new();
    private readonly Dictionary<PeerId, NodeId> _members = [];
    private readonly Dictionary<NodeId, PeerId> _peers = [];
    private readonly ConcurrentDictionary<string, long> _refused = [];

    public ConsensusNetwork(
        ILibp2pHost host, MessageVerifier verifier, NodeIndex self, ConsensusObserver observer, InputQueue inputs, VoteRecorder? recorder = null)
    {
        _recorder = recorder;
        _host = host;
        _verifier = verifier;
        _observer = observer;
        _inputs = inputs;
        _heard = new HeardVotes(verifier.Committee.Count);
        NodeId own = verifier.Committee[self];
        foreach (NodeId member in verifier.Committee.Members)
        {
            if (member != own)
            {
                PeerId peer = PeerId.FromNodeId(member);
                _members.Add(peer, member);
                _peers.Add(member, peer);
            }
        }

        host.HandleMessages(Protocol, MaximumMessage, OnMessage);
    }

    /// <summary>Messages refused, by reason.</summary>
    public IReadOnlyDictionary<string, long> Refused => _refused;

    /// <summary>The other members as peers.</summary>
    public IReadOnlyCollection<PeerId> MemberPeers => _peers.Values;

    /// <summary>The member that a peer is; false for a stranger.</summary>
    public bool TryFindMember(PeerId peer, out NodeId member) => _members.TryGetValue(peer, out member);

    public void Broadcast(ConsensusMessage message)
    {
        byte[] bytes = ConsensusMessageCodec.Encode(message);
        foreach (PeerId peer in _peers.Values)
        {
            _host.TrySend(peer, Protocol, bytes);
        }
    }

    public void SendTo(NodeId peer, ConsensusMessage message)
    {
        if (_peers.TryGetValue(peer, out PeerId id))
        {
            _host.TrySend(id, Protocol, ConsensusMessageCodec.Encode(message));
        }
    }

    private ValueTask OnMessage(PeerId peer, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (!_members.TryGetValue(peer, out NodeId member))
        {
            // No offence: a member of yesterday's committee may not know yet.
            _host.Disconnect(peer, "not_a_member");
        }
        else if (!ConsensusMessageCodec.TryDecode(bytes.Span, out ConsensusMessage? message))
        {
            _host.Penalise(peer, "malformed_consensus_message");
        }
        else
        {
            if (_recorder is not null && _verifier.Committee.TryIndexOf(member, out NodeIndex sender))
            {
                _recorder.Record(sender, bytes.Span);
            }

            Receive(member, message);
        }

        return ValueTask.CompletedTask;
    }

    private void Receive(NodeId member, ConsensusMessage message)
    {
        Vote? own = OwnVote(member, message);
        if (own is not null && Note(own) is { } excluded)
        {
            // Rule 14: the earlier one may have been let pass as telling nothing new; now that there are two they are wanted both.
            Offer(excluded);
            Offer(own);
            if (message is Vote)
            {
                return;
            }
        }

        switch (message)
        {
            case Vote vote when _observer.Knows(vote.Statement):
                if (own is not null)
                {
                    // It came over the voter's own connection: late, but not silent (rule 1).
                    _inputs.OfferFromPeer(new Input.MemberHeard(vote.Voter, vote.Statement.View));
                }

                break;
            case Certificate certificate when _observer.Knows(certificate.Statement):
                break;
            case Vote vote:
                Offer(vote);
                break;
            case Proposal proposal:
                Count(_verifier.Verify(proposal, out Verified<Proposal>? verifiedProposal));
                if (verifiedProposal is not null)
                {
                    _inputs.OfferFromPeer(new Input.ProposalReceived(verifiedProposal));
                }

                break;
            case Certificate certificate:
                Count(_verifier.Verify(certificate, out Verified<Certificate>? verifiedCertificate));
                if (verifiedCertificate is not null)
                {
                    _inputs.OfferFromPeer(new Input.CertificateReceived(verifiedCertificate));
                }

                break;
            case CertificatesRequest request:
                _inputs.OfferFromPeer(new Input.CertificatesRequested(member, request));
                break;
            default:
                throw Invariant.Fail($"unknown consensus message {message.GetType().Name}");
        }
    }

    /// <summary>The vote in a message, if its voter itself has sent it.</summary>
    private Vote? OwnVote(NodeId member, ConsensusMessage message)
    {
        Vote? vote = message switch
        {
            Vote alone => alone,
            Proposal proposal => proposal.Notarize,
            _ => null,
        };
        return vote is not null && vote.Epoch == _verifier.Domain.Epoch && _verifier.Committee.TryIndexOf(member, out NodeIndex sender) && sender == vote.Voter ? vote : null;
    }

    private Vote? Note(Vote own)
    {
        lock (_hearing)
        {
            return _heard.Note(own, _observer.View);
        }
    }

    private void Offer(Vote vote)
    {
        Count(_verifier.Verify(vote, out Verified<Vote>? verified));
        if (verified is not null)
        {
            _inputs.OfferFromPeer(new Input.VoteReceived(verified));
        }
    }

    private void Count(VerificationResult result)
    {
        if (result != VerificationResult.Valid)
        {
            Count($"consensus_{result}".ToLowerInvariant());
        }
    }

    private void Count(string reason) => _refused.AddOrUpdate(reason, 1, static (_, count) => count + 1);
}
