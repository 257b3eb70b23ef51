using Aeamc.P2P.Blocks;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Explain;

/// <summary>Where an explanation's facts come from.</summary>
public sealed record ExplainerSources(ChainContext Context, NodeStore Store, ViewJournal Journal)
{
    /// <summary>The last finalized block.</summary>
    public required Func<FinalizedHead> Head { get; init; }

    /// <summary>The view that this node is in.</summary>
    public required Func<View> CurrentView { get; init; }

    /// <summary>The members as the node's status shows them, in committee order.</summary>
    public required Func<IReadOnlyList<MemberStatus>> Members { get; init; }

    /// <summary>Where an entry is; null when the node does not know it.</summary>
    public required Func<Hash256, EntryPlace?> FindEntry { get; init; }

    /// <summary>The height of the first co-signed checkpoint at or above a height; null when there is none.</summary>
    public required Func<Height, Height?> CheckpointCovering { get; init; }
}
