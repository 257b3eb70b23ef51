using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Application;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>Blocks: building and judging them when the core asks, and fetching what is missing.</summary>
public partial class SimulatedNode
{
    private const long FetchRetry = 40_000;

    private readonly SortedSet<Hash256> _wanted = [];
    private Effect.BuildProposal? _waitingToBuild;
    private bool _work;

    /// <summary>Entries have come or gone.</summary>
    public void SetWork(bool any)
    {
        if (_core is null || _work == any)
        {
            return;
        }

        _work = any;
        Post(new Input.WorkWaiting(any));
        if (any && _waitingToBuild is { } build)
        {
            _waitingToBuild = null;
            Build(build);
        }
    }

    /// <summary>Asks one member after another until it is here.</summary>
    public void Want(Hash256 hash)
    {
        if (_wanted.Add(hash))
        {
            Fetch(hash);
        }
    }

    /// <summary>It is here; whether it was asked for.</summary>
    public bool Found(Hash256 hash) => _wanted.Remove(hash);

    /// <summary>The bytes of a block, with its place; its proposer is this node.</summary>
    protected (BlockRef Block, byte[] Content) Make(in BlockRef parent, View view, BlockFlaw flaw, ulong salt)
    {
        byte[] content = Blocks.Make(parent, view, flaw, salt);
        Invariant.Check(Blocks.TryRead(content, out BlockLink link));
        BlockRef block = parent.Child(link.Hash, view);
        Disk.Put(block.Hash, content);
        return (block, content);
    }

    private void BuildSoon(Effect.BuildProposal build)
    {
        if (_work)
        {
            Build(build);
            return;
        }

        _waitingToBuild = build;
        Later(Simulation.Options.Core.IdleInterval * 1000L, () =>
        {
            if (ReferenceEquals(_waitingToBuild, build))
            {
                _waitingToBuild = null;
                Build(build);
            }
        });
    }

    private void Build(Effect.BuildProposal build) => Blocks.WhenBuildable(build.Parent, () =>
    {
        (BlockRef block, byte[] content) = Make(build.Parent, build.View, NextFlaw(), Chance.Next());
        Later(Simulation.Options.Processing.Block, () =>
        {
            Simulation.OnProposed(block);
            Post(new Input.ProposalBuilt(block, content));
            ConsumeWork();
        });
    });

    private void Judge(Effect.VerifyProposal verify)
    {
        BlockRef proposed = verify.Proposal.Block;
        Keep(proposed.Hash, verify.Proposal.Content.ToArray());
        Blocks.Verify(verify.Proposal, valid => Later(
            Simulation.Options.Processing.Block, () => Post(new Input.ProposalVerified(proposed.View, proposed.Hash, valid))));
        ConsumeWork();
    }

    private void Certify(Certificate notarization) => Blocks.Certify(notarization, valid => Later(
        Simulation.Options.Processing.Block, () => Post(new Input.CertifyDecided(notarization.View, notarization.Block.Hash, valid))));

    /// <summary>A block's bytes have come, asked for or not.</summary>
    private void Keep(Hash256 hash, byte[] content)
    {
        Disk.Put(hash, content);
        if (Found(hash))
        {
            Blocks.Retry();
            Commit();
        }
    }

    /// <summary>A proposal carries what waited; with a ledger, what waits is known better.</summary>
    private void ConsumeWork()
    {
        if (Simulation.Options is { Load: Load.Mixed, Stack: StackKind.Consensus })
        {
            SetWork(false);
        }
    }

    private void Fetch(Hash256 hash)
    {
        if (!_wanted.Contains(hash))
        {
            return;
        }

        Transmit(new NodeIndex((ushort)Chance.Below(Simulation.Committee.Count)), Simulation.Network.Envelope([FetchCode, .. hash.ToArray()]));
        Later(FetchRetry, () => Fetch(hash));
    }
}
