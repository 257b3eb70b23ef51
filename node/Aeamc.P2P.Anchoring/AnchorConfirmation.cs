using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Anchoring;

/// <summary>A checkpoint is anchored for good.</summary>
/// <param name="Chain">"journal", or the EVM chain id in decimal.</param>
/// <param name="Checkpoint">What was anchored.</param>
/// <param name="Transaction">The transaction's hash as 0x and 64 hexadecimal digits; for a journal the line's number, from 1.</param>
/// <param name="Gas">Gas used by the transaction; 0 for a journal.</param>
/// <param name="SentByUs">Whether this node wrote it, and not another member.</param>
public sealed record AnchorConfirmation(string Chain, Checkpoint Checkpoint, string Transaction, ulong Gas, bool SentByUs);
