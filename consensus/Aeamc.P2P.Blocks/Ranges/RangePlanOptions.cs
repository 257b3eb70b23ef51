namespace Aeamc.P2P.Blocks;

/// <summary>How a range is fetched; times in milliseconds.</summary>
public sealed record RangePlanOptions
{
    /// <summary>Pieces asked for, or here and waiting for their turn: with <see cref="SyncProtocol.MaximumResponse"/> the bound on memory.</summary>
    public int MaximumPieces { get; init; } = 6;

    /// <summary>Blocks of one piece: small enough to spread over the members, large enough that a round trip does not count.</summary>
    public int PieceBlocks { get; init; } = 128;

    /// <summary>When the piece that all others wait for takes longer, a second source is asked too.</summary>
    public long HedgeAfter { get; init; } = 1_000;

    /// <summary>When no member has what is missing, they are asked again after this time.</summary>
    public long RetryInterval { get; init; } = 200;

    /// <summary>How often at most the members are asked what they keep.</summary>
    public long KeptInterval { get; init; } = 10_000;
}
