using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>The last pass of a turn: effect by effect.</summary>
public partial class SimulatedNode
{
    /// <summary>Pass three of a turn: everything that is seen outside.</summary>
    protected virtual void Execute(Effect effect)
    {
        switch (effect)
        {
            case Effect.SignVote sign:
                Vote vote = Sign(sign.Statement);
                Simulation.Checks.OnVote(this, vote);
                Invariant.Check(Simulation.Verifier.Verify(vote, out Verified<Vote>? own) == VerificationResult.Valid);
                Post(new Input.VoteReceived(own!));
                if (sign.Send)
                {
                    Broadcast(vote);
                }

                break;
            case Effect.Broadcast broadcast:
                Broadcast(broadcast.Message);
                break;
            case Effect.SendTo send:
                Invariant.Check(Simulation.Committee.TryIndexOf(send.Peer, out NodeIndex peer));
                Send(peer, send.Message);
                break;
            case Effect.SetTimer timer:
                SetTimer(timer);
                break;
            case Effect.CancelTimer cancel:
                _timers[(int)cancel.Kind] = 0;
                break;
            case Effect.BuildProposal build:
                BuildSoon(build);
                break;
            case Effect.EnteredView:
                _waitingToBuild = null;
                break;
            case Effect.VerifyProposal verify:
                Judge(verify);
                break;
            case Effect.Certify certify:
                Certify(certify.Notarization);
                break;
            case Effect.Finalized finalized:
                _committing = finalized.Blocks[^1];
                _finals.Add((finalized.Finalization, finalized.Blocks));
                if (_finals.Count > MaximumFinals)
                {
                    _finals.RemoveAt(0);
                }

                Commit();
                break;
            case Effect.ReportNullified nullified:
                Simulation.OnNullified(this, nullified.Reason);
                break;
            case Effect.ReportEvidence evidence:
                Simulation.Checks.OnEvidence(evidence.Evidence);
                Blocks.Report(evidence.Evidence);
                break;
            case Effect.Halt halt:
                Simulation.Checks.OnHalt(this, $"{halt.Reason}: {halt.Detail}");
                break;
            case Effect.Append or Effect.AbandonCertify:
                break;
            default:
                throw Invariant.Fail($"no host for {effect.GetType().Name}");
        }
    }
}
