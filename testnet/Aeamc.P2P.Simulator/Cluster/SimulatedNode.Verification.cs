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

    private void Verify(int from, Envelope envelope)
    {
        if (envelope.Message is CertificatesRequest request)
        {
            Post(new Input.CertificatesRequested(Simulation.Committee[Simulation.MemberAt(from)], request));
            return;
        }

        _unverified.Enqueue((from, envelope));
        if (!_verifying)
        {
            VerifyNext();
        }
    }

    /// <summary>One after another, as they came; what has become known meanwhile costs nothing.</summary>
    private void VerifyNext()
    {
        _verifying = false;
        while (_unverified.TryDequeue(out (int From, Envelope Envelope) next))
        {
            Envelope envelope = next.Envelope;
            if (envelope.Message is Vote vote && _core!.Knows(vote.Statement))
            {
                if (Simulation.MemberAt(next.From) == vote.Voter)
                {
                    Post(new Input.MemberHeard(vote.Voter, vote.Statement.View));
                }
            }
            else if (_core!.IsWanted(envelope.Message!))
            {
                int cost = envelope.Signatures * Simulation.Options.Processing.Verify;
                if (cost > 0)
                {
                    _verifying = true;
                    Later(cost, () =>
                    {
                        PostVerified(envelope);
                        if (_core is not null)
                        {
                            VerifyNext();
                        }
                    });
                    return;
                }

                PostVerified(envelope);
            }

            if (_core is null)
            {
                return;
            }
        }
    }

    private void PostVerified(Envelope envelope)
    {
        if (!envelope.IsVerified)
        {
            envelope.IsVerified = true;
            envelope.Input = Simulation.Verify(envelope.Message!);
        }

        if (envelope.Input is { } input)
        {
            Post(input);
        }
        else
        {
            Simulation.Refused++;
        }
    }
}
