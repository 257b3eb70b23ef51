using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Application;
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
    private readonly StateRootChecker? _states = simulation.Ledger is { } network ? new StateRootChecker(simulation, network) : null;
    private readonly List<string> _other = [];

    /// <summary>What went wrong, in words; empty in a good run.</summary>
    public IEnumerable<string> Violations =>
        _agreement.Violations.Concat(_votes.Violations).Concat(_certificates.Violations).Concat(_states?.Violations ?? []).Concat(Entries.Violations).Concat(Evidence.Violations)
            .Concat(Checkpoints?.Violations ?? []).Concat(_other);

    /// <summary>What becomes of entries.</summary>
    public EntryChecker Entries { get; } = new();

    /// <summary>False answers found out, by reason.</summary>
    public SortedDictionary<string, int> LiesFound { get; } = new(StringComparer.Ordinal);

    /// <summary>What becomes of checkpoints; null when none are signed.</summary>
    public CheckpointChecker? Checkpoints { get; } = simulation.Ledger is { Signing: not null } signing ? new CheckpointChecker(simulation, signing) : null;

    /// <summary>What becomes of contradictions that were seen.</summary>
    public EvidenceChecker Evidence { get; } = new(simulation);

    /// <summary>Members shown to be byzantine by evidence.</summary>
    public SortedSet<ushort> Offenders { get; } = [];

    /// <summary>A vote is about to leave a node.</summary>
    public void OnVote(SimulatedNode node, Vote vote)
    {
        if (node.IsHonest)
        {
            _votes.Add(node.Index, vote.Statement);
            if (node.Disk.IsFull)
            {
                _other.Add($"honest member {node.Index} voted for {vote.Statement} though its disk takes no record of it");
            }
        }
    }

    /// <summary>A message is sent; anyone may lie, an honest member may not pass a lie on.</summary>
    public void OnSent(SimulatedNode node, ConsensusMessage? message)
    {
        if (message is Certificate certificate)
        {
            _certificates.Add(node.Index, node.IsHonest, certificate);
        }
    }

    /// <summary>A record goes into a log: a certificate that an honest member makes or takes counts even when nobody sends it.</summary>
    public void OnLogged(SimulatedNode node, WalRecord record)
    {
        if (node.IsHonest && record is WalRecord.Accepted accepted)
        {
            _certificates.Add(node.Index, true, accepted.Certificate);
        }
    }

    public void OnCommit(SimulatedNode node, BlockRef block)
    {
        if (node.IsHonest)
        {
            _agreement.Add(node.Index, block, node.Disk.Ledger[^2]);
            _certificates.OnCommit(node.Index, block);
            if (node.Blocks is LedgerBlocks { Head: var head } && _states?.OnCommit(node, head) is { } first)
            {
                Entries.OnBlock(first.Outcomes, first.State.Counters.ProofsCounted);
                Evidence.OnBlock(first.State);
                simulation.OnFirstCommit(first);
            }

            Checkpoints?.OnCommit(node, block.Height);
        }
    }

    /// <summary>An entry was acknowledged.</summary>
    public void OnAcknowledged(SimulatedNode node, Hash256 entry)
    {
        simulation.Trace.Add(entry.Prefix64);
        if (node.IsHonest)
        {
            Entries.OnAcknowledged(node.Index, entry, simulation.Clock.Now);
        }
    }

    /// <summary>A node has read its disk and goes on with what it found.</summary>
    public void OnStarted(SimulatedNode node)
    {
        if (node.IsHonest && node.Disk.Log.HoldsFlips)
        {
            _other.Add($"honest member {node.Index} started on a log with a flipped bit");
        }

        if (node.IsHonest && node.Disk.HoldsRot)
        {
            _other.Add($"honest member {node.Index} started on a store with a flipped bit");
        }
    }

    /// <summary>A node goes on from a snapshot.</summary>
    public void OnSnapshot(SimulatedNode node, SnapshotProof proof, LedgerState state)
    {
        if (node.IsHonest)
        {
            _agreement.Add(node.Index, node.Disk.Tip);
            _states!.OnSnapshot(node, proof.Height, state.Root);
        }
    }

    /// <summary>A node has lost its memory.</summary>
    public void OnCrash(SimulatedNode node)
    {
        Evidence.OnCrash(node);
        Checkpoints?.OnCrash(node);
    }

    /// <summary>A node's store is gone, with what only it had.</summary>
    public void OnStoreLost(SimulatedNode node)
    {
        if (node.IsHonest)
        {
            Entries.OnStoreLost(node.Index);
            Evidence.OnStoreLost(node);
        }
    }

    /// <summary>An honest member answers a question.</summary>
    public void OnServed(SimulatedNode node, RequestKind kind, ReadOnlyMemory<byte> reply)
    {
        if (kind != RequestKind.Range)
        {
            return;
        }

        if (!SyncProtocol.TryDecodeRange(reply, out List<RangeBlock>? blocks))
        {
            _other.Add($"honest member {node.Index} served what is no range of blocks");
            return;
        }

        foreach (RangeBlock block in blocks)
        {
            if (!BlockContent.TryDecode(block.Content.Span, out BlockContent? content) || _agreement.HashAt(content.Header.Height) != content.Hash)
            {
                _other.Add($"honest member {node.Index} served a block that is not the chain's");
            }
        }
    }

    /// <summary>An honest member answers with a block's content.</summary>
    public void OnServed(SimulatedNode node, Hash256 hash, byte[] content)
    {
        if (!node.Blocks.TryRead(content, out BlockLink link) || link.Hash != hash)
        {
            _other.Add($"honest member {node.Index} served a block that is not the one asked for");
        }
    }

    /// <summary>A member took another one's answer for a lie.</summary>
    public void OnLieFound(SimulatedNode node, NodeIndex source, string reason)
    {
        if (!node.IsHonest)
        {
            return;
        }

        LiesFound[reason] = LiesFound.GetValueOrDefault(reason) + 1;
        if (!simulation.IsByzantine(source))
        {
            _other.Add($"honest member {node.Index} takes an answer of honest member {source} for a lie: {reason}");
        }
    }

    /// <summary>An honest member answers a coordinator.</summary>
    public void OnSigningReply(SimulatedNode node, ReadOnlySpan<byte> request, ReadOnlySpan<byte> reply) => Checkpoints!.OnReply(node, request, reply);

    /// <summary>A member holds a signed checkpoint.</summary>
    public void OnCheckpoint(SimulatedNode node, SignedCheckpoint signed)
    {
        simulation.Trace.Add(signed.Checkpoint.SigningHash().Prefix64);
        if (node.IsHonest)
        {
            Height height = signed.Checkpoint.Height;
            Checkpoints!.OnSigned(node, signed, _agreement.HashAt(height), _states!.RootAt(height));
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
        OnMemory(node.Index, core.TrackedViews, open);
    }

    /// <summary>Views held by a member that has so many views open.</summary>
    public void OnMemory(NodeIndex node, int tracked, ulong open)
    {
        ulong bound = open + (ulong)simulation.Options.Core.RetainedViews + 3;
        if ((ulong)tracked > bound)
        {
            _other.Add($"member {node} tracks {tracked} views, bound {bound}");
        }
    }

    public void OnNoProgress(string what) => _other.Add(what);
}
