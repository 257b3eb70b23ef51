namespace Aeamc.P2P.Cryptography.Verification;

/// <summary>The bounds of a <see cref="VerificationPool"/>.</summary>
public sealed record VerificationPoolOptions
{
    /// <summary>Threads that verify. All of a machine's cores by default.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>Batches accepted and not yet finished; a caller beyond that waits for its turn.</summary>
    public int MaximumPendingBatches { get; init; } = 256;

    /// <summary>Claims in one batch; a longer one is the caller's mistake. A batch of 64 KiB cannot hold as many.</summary>
    public int MaximumClaimsPerBatch { get; init; } = 4096;
}
