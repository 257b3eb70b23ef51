using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>What became of an entry.</summary>
public enum EntryStatus : byte
{
    /// <summary>Applied.</summary>
    Accepted,

    /// <summary>A Phase-1 proof that waits for a second one; neither counted nor refused.</summary>
    Held,

    /// <summary>Refused; the code says why.</summary>
    Refused,
}

/// <summary>What became of one entry of a block. Refusing never makes the block invalid.</summary>
/// <param name="EntryId">The entry.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Code"><see cref="RefusalCode.None"/> when accepted.</param>
public readonly record struct EntryOutcome(Hash256 EntryId, EntryKind Kind, RefusalCode Code)
{
    /// <summary>Accepted, held or refused.</summary>
    public EntryStatus Status => Code switch
    {
        RefusalCode.None => EntryStatus.Accepted,
        RefusalCode.ProbationPending => EntryStatus.Held,
        _ => EntryStatus.Refused,
    };
}
