using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Devices;

/// <summary>Brings one entry at a time to some node: to another one when no acknowledgement comes, and again when one comes but no block.</summary>
public sealed class Courier(Simulation simulation, SplitMix chance)
{
    private const long AnswerPatience = 300_000;
    private const long BlockPatience = 1_500_000;

    private LedgerEntry? _entry;
    private Hash256 _id;
    private long _attempt;
    private bool _stopped;

    /// <summary>Whether an entry is under way.</summary>
    public bool IsBusy => _entry is not null;

    /// <summary>The entry under way was refused by a node; it is given up.</summary>
    public Action? Refused { get; set; }

    public void Deliver(LedgerEntry entry)
    {
        if (_stopped)
        {
            return;
        }

        Invariant.Check(simulation.Ledger!.Context.Decoder.TryDecode(entry, out DecodedEntry? decoded));
        _entry = entry;
        _id = decoded.Id;
        Attempt();
    }

    public void Stop()
    {
        _stopped = true;
        _attempt++;
    }

    /// <summary>Whether this outcome is that of the entry under way, which then is over.</summary>
    public bool Settle(EntryOutcome outcome)
    {
        if (_entry is null || outcome.EntryId != _id)
        {
            return false;
        }

        _entry = null;
        _attempt++;
        return true;
    }

    private void Attempt()
    {
        if (_stopped || _entry is not { } entry)
        {
            return;
        }

        long attempt = ++_attempt;
        SimulatedNode node = simulation.Nodes[chance.Below(simulation.Nodes.Count)];
        int there = simulation.Options.Latency.Largest;
        Again(AnswerPatience, attempt);
        if (simulation.Network.Loses(chance))
        {
            return;
        }

        simulation.Clock.After(there, () => ((LedgerBlocks)node.Blocks).Desk.Submit(entry, answer =>
        {
            if (!simulation.Network.Loses(chance))
            {
                simulation.Clock.After(there, () => Hear(attempt, answer));
            }
        }));
    }

    private void Hear(long attempt, DeskAnswer answer)
    {
        if (attempt != _attempt || _entry is null)
        {
            return;
        }

        if (answer == DeskAnswer.Acknowledged)
        {
            Again(BlockPatience, ++_attempt);
        }
        else if (answer == DeskAnswer.Refused)
        {
            _entry = null;
            _attempt++;
            Refused?.Invoke();
        }
    }

    private void Again(long patience, long attempt) => simulation.Clock.After(patience, () =>
    {
        if (attempt == _attempt)
        {
            Attempt();
        }
    });
}
