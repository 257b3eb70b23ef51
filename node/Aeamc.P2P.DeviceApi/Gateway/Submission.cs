using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceApi.Gateway;

/// <summary>What the node did with a submitted entry.</summary>
public enum SubmissionStatus
{
    /// <summary>Durable here; it will enter the chain.</summary>
    Accepted,

    /// <summary>The same entry was taken before: posting is idempotent.</summary>
    AlreadyKnown,

    /// <summary>Not taken; the code says why.</summary>
    Refused,

    /// <summary>Not taken because too much waits; try again, or at another node.</summary>
    Busy,
}

/// <summary>The answer to a submission.</summary>
/// <param name="Status">What was done.</param>
/// <param name="EntryId">The entry's id, also its receipt's; zero when the entry could not be read.</param>
/// <param name="Code">Why it was refused; None otherwise.</param>
public readonly record struct Submission(SubmissionStatus Status, Hash256 EntryId, RefusalCode Code);
