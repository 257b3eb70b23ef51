using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceApi.Gateway;

/// <summary>How far an acknowledged entry has come.</summary>
public enum EntryStage
{
    /// <summary>Durable on the node that acknowledged it.</summary>
    Pending,

    /// <summary>In a finalized block and accepted by the ledger.</summary>
    Finalized,

    /// <summary>In a finalized block and refused by the ledger there; the code says why.</summary>
    Refused,

    /// <summary>Under a checkpoint that the committee co-signed.</summary>
    Checkpointed,
}

/// <summary>Where an entry is.</summary>
/// <param name="Stage">How far it has come.</param>
/// <param name="Height">The block's height once it is in one.</param>
/// <param name="Index">The entry's place in the block.</param>
/// <param name="RefusalCode">The stable code when refused, else empty.</param>
public sealed record EntryPlace(EntryStage Stage, Height Height, int Index, string RefusalCode);
