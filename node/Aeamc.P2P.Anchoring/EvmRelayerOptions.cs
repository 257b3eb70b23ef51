using Aeamc.P2P.Cryptography.Evm;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Anchoring;

/// <summary>How a node anchors to one EVM chain.</summary>
public sealed record EvmRelayerOptions
{
    /// <summary>The chain's RPC endpoints, the preferred one first.</summary>
    public required IReadOnlyList<Uri> RpcUrls { get; init; }

    /// <summary>Where AeamcAnchor is.</summary>
    public required EvmAddress Contract { get; init; }

    /// <summary>The cluster whose checkpoints are anchored.</summary>
    public required uint ClusterId { get; init; }

    /// <summary>The account that pays. Null: this node only watches. The caller keeps and disposes it.</summary>
    public EvmWallet? Wallet { get; init; }

    /// <summary>This node's place in the committee: sets when it is its turn.</summary>
    public NodeIndex Rank { get; init; }

    /// <summary>How many members take turns.</summary>
    public int CommitteeSize { get; init; } = 1;

    /// <summary>How long the next member in order waits for the one before it.</summary>
    public TimeSpan StepInInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many blocks, the anchor's own included, make it final.</summary>
    public int Confirmations { get; init; } = 1;

    /// <summary>The most to offer for a unit of gas, in gwei.</summary>
    public ulong MaxFeeGwei { get; init; } = 500;

    /// <summary>How long a transaction may stay out of the blocks before it is offered more.</summary>
    public TimeSpan BumpAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the chain is asked.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Measures all waits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Takes one line whenever something changed that an operator may want to know.</summary>
    public Action<string>? Log { get; init; }
}
