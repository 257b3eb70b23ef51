namespace Aeamc.P2P.Ledger;

/// <summary>One entry as it travels in a batch: its kind and its bytes, an envelope for all kinds but the Phase-1 ones.</summary>
public readonly record struct LedgerEntry(EntryKind Kind, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The largest entry that decodes, in bytes.</summary>
    public const int MaxBytes = 48 * 1024;
}
