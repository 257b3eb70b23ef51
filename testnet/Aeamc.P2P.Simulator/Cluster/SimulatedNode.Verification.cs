using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>Reading and verifying what arrives, which takes its time.</summary>
public partial class SimulatedNode
{
    private static ConsensusMessage? Read(Envelope envelope)
    {
        if (!envelope.IsRead)
        {
            envelope.IsRead = true;
            ReadOnlySpan<byte> bytes = envelope.Bytes;
            envelope.Message = bytes.Length > 0 && bytes[0] == MessageCode && ConsensusMessageCodec.TryDecode(bytes[1..], out ConsensusMessage? message) ? message : null;
        }

        return envelope.Message;
    }

    /// <summary>
    /// Rule 14, as the daemon has it: a vote for what is certified passes unverified, as it tells nothing new; unless its voter has said something else beside it over the same
    /// connection. Then both are wanted.
    /// </summary>
    private bool TellsOfTwo(int from, ConsensusMessage? message)
    {
        Vote? own = message switch
        {
            Vote vote => vote,
            Proposal proposal => proposal.Notarize,
            _ => null,
        };
        if (own is null || own.Epoch != Simulation.Epoch || own.Voter != Simulation.MemberAt(from) || Simulation.Options.IgnoresLateVotes
            || _heard.Note(own, _core!.CurrentView) is not { } excluded)
        {
            return false;
        }

        foreach (Vote vote in (ReadOnlySpan<Vote>)[excluded, own])
        {
            Envelope alone = Pack(vote);
            Read(alone);
            Enqueue(new Unverified(from, alone, Insists: true));
        }

        return true;
    }

    private void Verify(int from, Envelope envelope)
    {
        if (envelope.Message is CertificatesRequest request)
        {
            Post(new Input.CertificatesRequested(Simulation.Committee[Simulation.MemberAt(from)], request));
            return;
        }

        Enqueue(new Unverified(from, envelope, Insists: false));
    }

    private void Enqueue(Unverified message)
    {
        _unverified.Enqueue(message);
        if (!_verifying)
        {
            VerifyNext();
        }
    }

    /// <summary>One after another, as they came; what has become known meanwhile costs nothing.</summary>
    private void VerifyNext()
    {
        _verifying = false;
        while (_core is not null && _unverified.TryDequeue(out Unverified next))
        {
            Envelope envelope = next.Envelope;
            if (!next.Insists && envelope.Message is Vote vote && _core.Knows(vote.Statement))
            {
                if (Simulation.MemberAt(next.From) == vote.Voter)
                {
                    Simulation.Checks.Evidence.OnHeard(this, vote, next.From, verified: false);
                    Post(new Input.MemberHeard(vote.Voter, vote.Statement.View));
                }
            }
            else if (_core.IsWanted(envelope.Message!))
            {
                int cost = envelope.Signatures * Simulation.Options.Processing.Verify;
                if (cost > 0)
                {
                    _verifying = true;
                    Later(cost, () =>
                    {
                        PostVerified(next.From, envelope);
                        VerifyNext();
                    });
                    return;
                }

                PostVerified(next.From, envelope);
            }
        }
    }

    private void PostVerified(int from, Envelope envelope)
    {
        if (!envelope.IsVerified)
        {
            envelope.IsVerified = true;
            envelope.Input = Simulation.Verify(envelope.Message!);
        }

        switch (envelope.Input)
        {
            case null:
                Simulation.Refused++;
                return;
            case Input.VoteReceived received:
                Simulation.Checks.Evidence.OnHeard(this, received.Vote.Message, from, verified: true);
                break;
            case Input.ProposalReceived received:
                Simulation.Checks.Evidence.OnHeard(this, received.Proposal.Message.Notarize, from, verified: true);
                break;
            default:
                break;
        }

        Post(envelope.Input);
    }

    /// <summary>A message and who sent it.</summary>
    /// <param name="Insists">It is verified even if it tells nothing new.</param>
    private readonly record struct Unverified(int From, Envelope Envelope, bool Insists);
}
