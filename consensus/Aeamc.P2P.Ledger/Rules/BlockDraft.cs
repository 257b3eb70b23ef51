using System.Collections.Immutable;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// The working copy of the state while a block is applied: every record is read once and written once, however many entries touch it.
/// </summary>
internal sealed class BlockDraft(LedgerState parent, BlockContext context, LedgerPorts ports, bool recomputes)
{
    private readonly Dictionary<DeviceId, Slot<DeviceRecord>> _devices = [];
    private readonly Dictionary<Hash256, Slot<TaskRecord>> _tasks = [];

    // Lists beside the dictionaries: a dictionary's enumeration order is nothing to build a state on.
    private readonly List<Slot<DeviceRecord>> _deviceSlots = [];
    private readonly List<Slot<TaskRecord>> _taskSlots = [];
    private readonly SortedDictionary<byte[], byte[]?> _writes = new(KeyOrder.Instance);
    private DkgState? _dkg;

    public LedgerState Parent => parent;

    public BlockContext Context => context;

    public Timestamp Now => context.Timestamp;

    public NetworkParameters Parameters => parent.Parameters;

    public LedgerPorts Ports => ports;

    /// <summary>Whether sampled proofs are recomputed; not when an entry is only looked at before it is in any block.</summary>
    public bool Recomputes => recomputes;

    public LedgerCounters Counters { get; } = parent.Counters with { };

    public ImmutableSortedDictionary<TaskOrder, Hash256> OpenTasks { get; private set; } = parent.OpenTasks;

    public List<HeldSettlement> Settled { get; } = [];

    public ulong RecomputedSteps { get; set; }

    /// <summary>The key generation's state, to be read only; see <see cref="ChangeDkg"/>.</summary>
    public DkgState Dkg => _dkg ?? parent.Dkg;

    /// <summary>The key generation's state, to be changed.</summary>
    public DkgState ChangeDkg() => _dkg ??= parent.Dkg;

    /// <summary>A device to be read; null when it is not known. Changes count only after <see cref="Change(DeviceRecord)"/>.</summary>
    public DeviceRecord? Device(DeviceId id) => DeviceSlot(id).Record;

    /// <summary>Marks a device's record for writing.</summary>
    public void Change(DeviceRecord device) => DeviceSlot(device.Id).Changed = true;

    public void Add(DeviceRecord device)
    {
        Slot<DeviceRecord> slot = DeviceSlot(device.Id);
        Invariant.Check(slot.Record is null);
        slot.Record = device;
        slot.Changed = true;
    }

    public void Remove(DeviceRecord device)
    {
        Slot<DeviceRecord> slot = DeviceSlot(device.Id);
        slot.Record = null;
        slot.Changed = true;
    }

    /// <summary>A task to be read; null when it is not on record.</summary>
    public TaskRecord? Task(Hash256 postId) => TaskSlot(postId).Record;

    /// <summary>Marks a task's record for writing and keeps the queue in step with it.</summary>
    public void Change(TaskRecord task)
    {
        TaskSlot(task.PostId).Changed = true;
        bool queued = OpenTasks.ContainsKey(task.Order);
        if (task.HasWork != queued)
        {
            OpenTasks = queued ? OpenTasks.Remove(task.Order) : OpenTasks.Add(task.Order, task.PostId);
        }
    }

    /// <summary>Marks a task for writing when only its count of proven units changed, which never moves it in the queue.</summary>
    public void ChangeProven(TaskRecord task) => TaskSlot(task.PostId).Changed = true;

    public void Add(TaskRecord task)
    {
        Slot<TaskRecord> slot = TaskSlot(task.PostId);
        Invariant.Check(slot.Record is null);
        slot.Record = task;
        Change(task);
    }

    public void Remove(TaskRecord task)
    {
        Invariant.Check(!task.HasWork);
        Slot<TaskRecord> slot = TaskSlot(task.PostId);
        slot.Record = null;
        slot.Changed = true;
    }

    /// <summary>A committee member's conviction, as this block left it so far; null when there is none.</summary>
    public MemberRecord? Member(NodeId node)
    {
        if (!TryRead(StateKeys.Member(node), out ReadOnlyMemory<byte> value))
        {
            return null;
        }

        Invariant.Check(MemberRecord.TryDecode(value.Span, out MemberRecord? record));
        return record;
    }

    /// <summary>Reads a key that has no record type of its own, as this block left it so far.</summary>
    public bool TryRead(byte[] key, out ReadOnlyMemory<byte> value)
    {
        if (_writes.TryGetValue(key, out byte[]? written))
        {
            value = written;
            return written is not null;
        }

        return parent.Read(key, out value);
    }

    /// <summary>Writes a key that has no record type of its own; null deletes it.</summary>
    public void Write(byte[] key, byte[]? value) => _writes[key] = value;

    /// <summary>The state after the block, and its changes in ascending order of the key.</summary>
    public (LedgerState State, StateChange[] Changes) Commit()
    {
        var timers = parent.Timers.ToBuilder();
        foreach (Slot<DeviceRecord> slot in _deviceSlots)
        {
            if (slot.Changed)
            {
                DeviceRecord? device = slot.Record;
                Reschedule(timers, slot.Due, device?.Due(Parameters) is { } due ? LedgerTimer.Of(device.Id, due) : null);
                _writes[slot.Key] = device?.Encode();
            }
        }

        foreach (Slot<TaskRecord> slot in _taskSlots)
        {
            if (slot.Changed)
            {
                TaskRecord? task = slot.Record;
                Reschedule(timers, slot.Due, task is null ? null : LedgerTimer.Of(task.PostId, task.Due(Parameters)));
                _writes[slot.Key] = task?.Encode();
            }
        }

        if (_dkg is { } dkg)
        {
            _writes[StateKeys.Dkg()] = dkg.Encode();
        }

        Counters.Height = context.Height.Value;
        Counters.TimeMs = context.Timestamp.Milliseconds;
        _writes[StateKeys.Counters()] = Counters.Encode();

        StateChange[] changes = [.. _writes.Select(write => new StateChange(write.Key, write.Value))];
        var state = new LedgerState(parent.Tree.Apply(changes), parent.Document, Parameters, Counters, OpenTasks, timers.ToImmutable());
        return (state, changes);
    }

    private static void Reschedule(ImmutableSortedSet<LedgerTimer>.Builder timers, LedgerTimer? before, LedgerTimer? after)
    {
        if (before == after)
        {
            return;
        }

        if (before is { } old)
        {
            Invariant.Check(timers.Remove(old));
        }

        if (after is { } next)
        {
            Invariant.Check(timers.Add(next));
        }
    }

    private Slot<DeviceRecord> DeviceSlot(DeviceId id)
    {
        if (!_devices.TryGetValue(id, out Slot<DeviceRecord>? slot))
        {
            parent.TryGetDevice(id, out DeviceRecord? record);
            LedgerTimer? due = record?.Due(Parameters) is { } time ? LedgerTimer.Of(id, time) : null;
            slot = new Slot<DeviceRecord>(StateKeys.Device(id), record, due);
            _devices.Add(id, slot);
            _deviceSlots.Add(slot);
        }

        return slot;
    }

    private Slot<TaskRecord> TaskSlot(Hash256 postId)
    {
        if (!_tasks.TryGetValue(postId, out Slot<TaskRecord>? slot))
        {
            parent.TryGetTask(postId, out TaskRecord? record);
            LedgerTimer? due = record is null ? null : LedgerTimer.Of(postId, record.Due(Parameters));
            slot = new Slot<TaskRecord>(StateKeys.Task(postId), record, due);
            _tasks.Add(postId, slot);
            _taskSlots.Add(slot);
        }

        return slot;
    }

    /// <summary>A record read from the parent state, perhaps changed since.</summary>
    private sealed class Slot<T>(byte[] key, T? record, LedgerTimer? due)
        where T : class
    {
        public byte[] Key { get; } = key;

        public T? Record { get; set; } = record;

        public LedgerTimer? Due { get; } = due;

        public bool Changed { get; set; }
    }

    private sealed class KeyOrder : IComparer<byte[]>
    {
        public static KeyOrder Instance { get; } = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
