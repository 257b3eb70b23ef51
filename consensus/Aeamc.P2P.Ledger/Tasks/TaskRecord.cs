using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>Where a task stands.</summary>
public enum TaskPhase : byte
{
    /// <summary>Units are given out or being proven.</summary>
    Open = 0,

    /// <summary>All units were proven.</summary>
    Completed = 1,

    /// <summary>The deadline came first.</summary>
    Overdue = 2,
}

/// <summary>A task's place in the queue: the block and the entry that posted it.</summary>
public readonly record struct TaskOrder(Height Height, uint Index) : IComparable<TaskOrder>
{
    public int CompareTo(TaskOrder other)
    {
        int order = Height.CompareTo(other.Height);
        return order != 0 ? order : Index.CompareTo(other.Index);
    }

    public static bool operator <(TaskOrder left, TaskOrder right) => left.CompareTo(right) < 0;

    public static bool operator >(TaskOrder left, TaskOrder right) => left.CompareTo(right) > 0;

    public static bool operator <=(TaskOrder left, TaskOrder right) => left.CompareTo(right) <= 0;

    public static bool operator >=(TaskOrder left, TaskOrder right) => left.CompareTo(right) >= 0;

    public override int GetHashCode() => unchecked(Height.GetHashCode() * 31 + (int)Index);
}

/// <summary>
/// A posted task. Units are given out in order; units that come back are given out again before new ones, lowest first. Stored as
/// [height u64, index u32, requester bin, task_kind u8, input bin 32, steps u32, segment u32, units u16, min_score u16, deadline u64,
/// next u16, proven u16, phase u8, closed u64, returned bin | nil].
/// </summary>
public sealed class TaskRecord
{
    private const int FieldCount = 15;

    internal TaskRecord(Hash256 postId, TaskOrder order, PublicKey requester, TaskPost post)
        : this(postId, order, requester, post.TaskKind, post.Input, post.Steps, post.Segment, post.Units, post.MinimumScore, post.Deadline)
    {
    }

    private TaskRecord(
        Hash256 postId,
        TaskOrder order,
        PublicKey requester,
        TaskKind kind,
        Hash256 input,
        uint steps,
        uint segment,
        ushort units,
        EnergyScore minimumScore,
        Timestamp deadline)
    {
        PostId = postId;
        Order = order;
        Requester = requester;
        Kind = kind;
        Input = input;
        Steps = steps;
        Segment = segment;
        Units = units;
        MinimumScore = minimumScore;
        Deadline = deadline;
    }

    /// <summary>The id of the post's entry.</summary>
    public Hash256 PostId { get; }

    /// <summary>Its place in the queue.</summary>
    public TaskOrder Order { get; }

    /// <summary>Who posted it.</summary>
    public PublicKey Requester { get; }

    /// <summary>What is computed.</summary>
    public TaskKind Kind { get; }

    /// <summary>The seed of every unit.</summary>
    public Hash256 Input { get; }

    /// <summary>Steps of one unit.</summary>
    public uint Steps { get; }

    /// <summary>Steps between two states of the trace.</summary>
    public uint Segment { get; }

    /// <summary>How many units.</summary>
    public ushort Units { get; }

    /// <summary>The least energy score of a device that gets units.</summary>
    public EnergyScore MinimumScore { get; }

    /// <summary>When units stop being given out, and leases end.</summary>
    public Timestamp Deadline { get; }

    /// <summary>The first unit that was never given out.</summary>
    public ushort NextUnit { get; internal set; }

    /// <summary>Units that were proven and counted.</summary>
    public ushort ProvenUnits { get; internal set; }

    /// <summary>Where it stands.</summary>
    public TaskPhase Phase { get; internal set; }

    /// <summary>The block time at which it was completed or overdue.</summary>
    public Timestamp Closed { get; internal set; }

    /// <summary>Units that came back unproven and wait to be given out again; null when there are none.</summary>
    internal UnitBitmap? Returned { get; private set; }

    /// <summary>How many units wait to be given out.</summary>
    public int AvailableUnits => Units - NextUnit + (Returned?.Count ?? 0);

    /// <summary>Whether units can be given out.</summary>
    public bool HasWork => Phase == TaskPhase.Open && AvailableUnits > 0;

    /// <summary>When the ledger has to look at this task by itself: at its deadline, then at the end of its retention.</summary>
    internal Timestamp Due(NetworkParameters parameters) => Phase == TaskPhase.Open ? Deadline : Closed.Plus(parameters.TaskRetentionMs);

    /// <summary>Takes a run of at most <paramref name="count"/> units out of those that wait.</summary>
    internal (ushort First, ushort Count) Take(int count)
    {
        Invariant.Check(HasWork && count > 0);
        if (Returned is not { } returned)
        {
            int fresh = Math.Min(count, Units - NextUnit);
            ushort start = NextUnit;
            NextUnit = (ushort)(NextUnit + fresh);
            return (start, (ushort)fresh);
        }

        int first = returned.NextSet(0);
        int length = returned.RunLength(first, count);
        for (int unit = first; unit < first + length; unit++)
        {
            returned.Clear(unit);
        }

        if (returned.Count == 0)
        {
            Returned = null;
        }

        return ((ushort)first, (ushort)length);
    }

    /// <summary>Puts a unit back.</summary>
    internal void Return(int unit)
    {
        Invariant.Check(unit < NextUnit);
        Returned ??= new UnitBitmap(Units);
        Returned.Set(unit);
    }

    internal byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>(256);
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(FieldCount);
        writer.Write(Order.Height.Value);
        writer.Write((ulong)Order.Index);
        writer.Write(Requester);
        writer.Write((ulong)Kind);
        writer.Write(Input);
        writer.Write((ulong)Steps);
        writer.Write((ulong)Segment);
        writer.Write((ulong)Units);
        writer.Write((ulong)MinimumScore.TenThousandths);
        writer.Write(Deadline);
        writer.Write((ulong)NextUnit);
        writer.Write((ulong)ProvenUnits);
        writer.Write((ulong)Phase);
        writer.Write(Closed);
        if (Returned is { } returned)
        {
            writer.Write(returned.Bytes);
        }
        else
        {
            writer.WriteNil();
        }

        return output.WrittenSpan.ToArray();
    }

    internal static bool TryDecode(Hash256 postId, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out TaskRecord? record)
    {
        record = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(FieldCount)
            || !reader.TryReadUInt64(out ulong height)
            || !reader.TryReadUInt32(out uint index)
            || !reader.TryReadKey(out PublicKey requester)
            || !reader.TryReadUInt8(out byte kind)
            || !reader.TryReadHash(out Hash256 input)
            || !reader.TryReadUInt32(out uint steps)
            || !reader.TryReadUInt32(out uint segment)
            || !reader.TryReadUInt16(out ushort units)
            || !reader.TryReadUInt16(out ushort score)
            || !reader.TryReadTimestamp(out Timestamp deadline)
            || !reader.TryReadUInt16(out ushort next)
            || !reader.TryReadUInt16(out ushort proven)
            || !reader.TryReadUInt8(out byte phase)
            || !reader.TryReadTimestamp(out Timestamp closed))
        {
            return false;
        }

        var order = new TaskOrder(new Height(height), index);
        record = new TaskRecord(postId, order, requester, (TaskKind)kind, input, steps, segment, units, new EnergyScore(score), deadline)
        {
            NextUnit = next,
            ProvenUnits = proven,
            Phase = (TaskPhase)phase,
            Closed = closed,
        };
        if (!reader.TryReadNil())
        {
            if (!reader.TryReadBinary(ushort.MaxValue, out ReadOnlySpan<byte> bits) || !UnitBitmap.TryRead(bits, units, out UnitBitmap returned))
            {
                return false;
            }

            record.Returned = returned;
        }

        return reader.End;
    }
}
