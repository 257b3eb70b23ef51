namespace Aeamc.P2P.Ledger;

/// <summary>What kind of work a task is. Every kind is deterministic to the bit and can be recomputed by nodes.</summary>
public enum TaskKind : byte
{
    /// <summary>SHA-256 iterated (<see cref="Ledger.HashChain"/>).</summary>
    HashChain = 1,
}
