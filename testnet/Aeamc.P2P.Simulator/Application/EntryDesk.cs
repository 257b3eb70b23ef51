using System.Text;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Application;

/// <summary>What a node says to an entry.</summary>
public enum DeskAnswer
{
    /// <summary>It is on this node's disk and will be in a block.</summary>
    Acknowledged,

    /// <summary>The ledger's rules or the signature forbid it.</summary>
    Refused,

    /// <summary>The node takes none now.</summary>
    Busy,
}

/// <summary>Where entries enter through a node, as the daemon's ingress does it: judged early, made durable, acknowledged, packed; packed again after a restart.</summary>
public sealed class EntryDesk(Simulation simulation, LedgerNetwork network, SimulatedNode node, BatchShelf shelf, Func<ChainBlock> head)
{
    private const long PackDelay = 20_000;
    private const long RepackAge = 2_000_000;
    private const ulong RepackBlocks = 8;

    /// <summary>Entries here are below 500 bytes, so that many fit a batch.</summary>
    private const int MostEntries = 100;

    private readonly List<BatchEntry> _unpacked = [];
    private readonly SortedDictionary<Hash256, (long At, ulong Above)> _packed = [];
    private long _sequence;
    private bool _packing;

    /// <summary>Takes an entry; no answer when the node is down.</summary>
    public void Submit(LedgerEntry entry, Action<DeskAnswer> answer)
    {
        if (node.Core is null)
        {
            return;
        }

        if (node.Disk.IsFull)
        {
            answer(DeskAnswer.Busy);
            return;
        }

        if (!network.Context.Decoder.TryDecode(entry, out DecodedEntry? decoded))
        {
            answer(DeskAnswer.Refused);
            return;
        }

        if (node.Disk.Waiting.ContainsKey(decoded.Id) || node.Disk.Receipts.Contains(decoded.Id))
        {
            answer(DeskAnswer.Acknowledged);
            return;
        }

        node.Later(simulation.Options.Processing.Verify, () =>
        {
            RefusalCode code = network.Context.Ledger.Precheck(head().Executed!.State, decoded, node.ChainTime);
            if (code != RefusalCode.None || !network.IsSound(decoded))
            {
                answer(DeskAnswer.Refused);
                return;
            }

            if (node.Disk.IsFull)
            {
                answer(DeskAnswer.Busy);
                return;
            }

            node.Disk.Waiting[decoded.Id] = new BatchEntry((byte)entry.Kind, entry.Bytes);
            simulation.Checks.OnAcknowledged(node, decoded.Id);
            answer(DeskAnswer.Acknowledged);
            Pack(decoded.Id);
        });
    }

    /// <summary>What was acknowledged before the restart is packed anew.</summary>
    public void Start()
    {
        foreach (Hash256 id in node.Disk.Waiting.Keys.ToList())
        {
            Pack(id);
        }

        RepackLater();
    }

    public void Crash()
    {
        _unpacked.Clear();
        _packed.Clear();
        _packing = false;
        if (simulation.Options.AcknowledgesEarly)
        {
            node.Disk.Waiting.Clear();
        }
    }

    /// <summary>The entries of a final block wait no longer.</summary>
    public void Settle(BlockResult result)
    {
        foreach (EntryOutcome outcome in result.Outcomes)
        {
            node.Disk.Waiting.Remove(outcome.EntryId);
            node.Disk.Receipts.Add(outcome.EntryId);
            _packed.Remove(outcome.EntryId);
        }
    }

    /// <summary>A batch with an entry that its key did not sign, or with evidence against an honest member that proves nothing: for adversaries.</summary>
    public ReadBatch Poisoned(ulong salt)
    {
        LedgerEntry entry = salt % 2 == 0
            ? ToyEntryCrypto.Seal("another-network", LedgerNetwork.Requester, Devices.DeviceFleet.NewTask(network.Genesis.Start, salt))
            : ToyEntryCrypto.Seal(network.Genesis.NetworkName, simulation.Committee[node.Index], new EvidenceReport(Slander(salt)));
        return shelf.Publish(network.Seal(simulation.Committee[node.Index], NextSequence(), [new BatchEntry((byte)entry.Kind, entry.Bytes)]));
    }

    private byte[] Slander(ulong salt)
    {
        ulong members = (ulong)simulation.Committee.Count;
        var victim = new NodeIndex((ushort)((node.Index.Value + 1UL + (salt / 2 % (members - 1))) % members));
        BlockRef genesis = simulation.Genesis;
        Vote Forged(string name) => simulation.Sign(node.Index, Statement.Notarize(simulation.Epoch, genesis.Child(Hash256.Of(Encoding.ASCII.GetBytes(name)), new View(1)))) with { Voter = victim };
        Invariant.Check(EquivocationEvidence.TryCreate(Forged("one"), Forged("other"), out EquivocationEvidence? evidence));
        return evidence.Encode();
    }

    private void Pack(Hash256 id)
    {
        _unpacked.Add(node.Disk.Waiting[id]);
        _packed[id] = (simulation.Clock.Now, head().Ref.Height.Value);
        if (!_packing)
        {
            _packing = true;
            node.Later(PackDelay, Emit);
        }
    }

    private void Emit()
    {
        _packing = false;
        foreach (BatchEntry[] part in _unpacked.Chunk(MostEntries))
        {
            shelf.Publish(network.Seal(simulation.Committee[node.Index], NextSequence(), part));
        }

        _unpacked.Clear();
    }

    /// <summary>Above every sequence of earlier lives, as the daemon's, which takes the clock.</summary>
    private ulong NextSequence()
    {
        _sequence = Math.Max(_sequence + 1, simulation.Clock.Now);
        return (ulong)_sequence;
    }

    private void RepackLater() => node.Later(RepackAge / 2, () =>
    {
        foreach ((Hash256 id, (long at, ulong above)) in _packed.ToList())
        {
            if (simulation.Clock.Now - at >= RepackAge && head().Ref.Height.Value >= above + RepackBlocks)
            {
                Pack(id);
            }
        }

        RepackLater();
    });
}
