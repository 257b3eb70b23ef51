using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// A block time at which the ledger has to look at a device or a task by itself. Derived from the records, so it is not part of the authenticated
/// state, and rebuilt when the state is loaded.
/// </summary>
internal readonly record struct LedgerTimer(Timestamp Due, DeviceId? Device, Hash256 Task) : IComparable<LedgerTimer>
{
    public static LedgerTimer Of(DeviceId device, Timestamp due) => new(due, device, Hash256.Zero);

    public static LedgerTimer Of(Hash256 task, Timestamp due) => new(due, null, task);

    public int CompareTo(LedgerTimer other)
    {
        int order = Due.CompareTo(other.Due);
        if (order == 0)
        {
            order = (Device is null).CompareTo(other.Device is null);
        }

        if (order == 0 && Device is { } mine && other.Device is { } theirs)
        {
            order = mine.CompareTo(theirs);
        }

        return order != 0 ? order : Task.CompareTo(other.Task);
    }
}
