using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Application;

/// <summary>Evidence on its way from the core to the ledger and back, as the daemon does it: on the disk first, reported again at every block until one records it; convictions go to the core.</summary>
public sealed class EvidenceDesk(Simulation simulation, LedgerNetwork network, SimulatedNode node, EntryDesk entries, Func<ChainBlock> head)
{
    private PendingEvidence _pending = new(network.Context);
    private ulong _told;

    /// <summary>What the disk has, checked like what a peer sends.</summary>
    public void Start()
    {
        _pending = new PendingEvidence(network.Context);
        foreach (byte[] bytes in node.Disk.Evidence.Values)
        {
            if (EquivocationEvidence.TryDecode(bytes, out EquivocationEvidence? evidence) && evidence.Verify(simulation.Verifier) == VerificationResult.Valid)
            {
                _pending.Restore(evidence);
            }
        }

        _told = 0;
        Follow();
    }

    public void Add(EquivocationEvidence evidence)
    {
        if (!simulation.Options.HidesEvidence && _pending.Add(evidence, head().Executed!.State))
        {
            node.Disk.Evidence[evidence.Offender] = evidence.Encode();
            Report(evidence);
        }
    }

    /// <summary>A block is committed, or the node has started.</summary>
    public void Follow()
    {
        ChainBlock now = head();
        LedgerState state = now.Executed!.State;
        if (state.Counters.Offences != _told)
        {
            _told = state.Counters.Offences;
            node.Tell(new Input.MembersConvicted(state.Convicted()));
        }

        foreach (NodeIndex offender in _pending.Settle(state, now.Ref.View))
        {
            node.Disk.Evidence.Remove(offender);
        }

        foreach (EquivocationEvidence evidence in _pending.Open)
        {
            Report(evidence);
        }
    }

    private void Report(EquivocationEvidence evidence) =>
        entries.Submit(ToyEntryCrypto.Seal(network.Genesis.NetworkName, simulation.Committee[node.Index], new EvidenceReport(evidence.Encode())), static _ => { });
}
