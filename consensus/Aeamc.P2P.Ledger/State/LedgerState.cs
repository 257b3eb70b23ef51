using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// The replicated state after a block: an authenticated map, typed reads over it, and two indexes derived from it (the queue of tasks with work, and
/// what comes due when). Immutable; cheap to keep many of. Safe to share between threads.
/// </summary>
public sealed class LedgerState
{
    internal LedgerState(
        StateTree tree,
        GenesisDocument document,
        NetworkParameters parameters,
        LedgerCounters counters,
        ImmutableSortedDictionary<TaskOrder, Hash256> openTasks,
        ImmutableSortedSet<LedgerTimer> timers)
    {
        Tree = tree;
        Document = document;
        Parameters = parameters;
        Counters = counters;
        OpenTasks = openTasks;
        Timers = timers;
    }

    /// <summary>The authenticated map, for state proofs by <see cref="StateKeys"/>.</summary>
    public StateTree Tree { get; }

    /// <summary>The authenticated root: equal states have equal roots.</summary>
    public Hash256 Root => Tree.Root;

    /// <summary>The height of the block that this is the state after.</summary>
    public Height Height => new(Counters.Height);

    /// <summary>The time of that block.</summary>
    public Timestamp Time => new(Counters.TimeMs);

    /// <summary>What the network started from.</summary>
    public GenesisDocument Document { get; }

    /// <summary>The parameters in force.</summary>
    public NetworkParameters Parameters { get; }

    /// <summary>The totals.</summary>
    public LedgerCounters Counters { get; }

    /// <summary>The tasks that have units to give out, oldest first.</summary>
    public IEnumerable<Hash256> TasksWithWork => OpenTasks.Values;

    /// <summary>The threshold key in force, or null before there is one.</summary>
    public GroupKey? GroupKey => Dkg.Group;

    /// <summary>Where the key generation stands.</summary>
    public DkgState Dkg => Read(StateKeys.Dkg(), out ReadOnlyMemory<byte> value) && DkgState.TryDecode(value.Span, out DkgState? state)
        ? state
        : throw Invariant.Fail("the state holds no readable key generation");

    internal ImmutableSortedDictionary<TaskOrder, Hash256> OpenTasks { get; }

    internal ImmutableSortedSet<LedgerTimer> Timers { get; }

    /// <summary>The state at height 0.</summary>
    /// <exception cref="InvariantException">The document is not sound.</exception>
    public static LedgerState Genesis(GenesisDocument document)
    {
        if (document.Problem() is { } problem)
        {
            throw Invariant.Fail(problem);
        }

        var parameters = new ArrayBufferWriter<byte>();
        document.Parameters.Write(parameters);
        var counters = new LedgerCounters { TimeMs = document.Start.Milliseconds };
        return Load(
        [
            (StateKeys.Genesis(), document.Encode()),
            (StateKeys.Parameters(), parameters.WrittenSpan.ToArray()),
            (StateKeys.Counters(), counters.Encode()),
            (StateKeys.Dkg(), new DkgState(document.Committee.Count, document.Start).Encode()),
        ]);
    }

    /// <summary>Rebuilds a state from all its keys and values, in any order; the root is the one it had.</summary>
    /// <exception cref="InvariantException">The pairs are not a ledger's state.</exception>
    public static LedgerState Load(IEnumerable<(byte[] Key, byte[] Value)> pairs)
    {
        StateTree tree = StateTree.Build(pairs);
        GenesisDocument document = Decode<GenesisDocument>(tree, StateKeys.Genesis(), GenesisDocument.TryDecode);
        NetworkParameters parameters = Decode<NetworkParameters>(tree, StateKeys.Parameters(), TryDecodeParameters);
        LedgerCounters counters = Decode<LedgerCounters>(tree, StateKeys.Counters(), LedgerCounters.TryDecode);
        var openTasks = ImmutableSortedDictionary.CreateBuilder<TaskOrder, Hash256>();
        var timers = ImmutableSortedSet.CreateBuilder<LedgerTimer>();
        foreach (StateEntry entry in tree.Entries())
        {
            Index(entry, parameters, openTasks, timers);
        }

        return new LedgerState(tree, document, parameters, counters, openTasks.ToImmutable(), timers.ToImmutable());
    }

    /// <summary>A device's record, as a copy of its own.</summary>
    public bool TryGetDevice(DeviceId id, [NotNullWhen(true)] out DeviceRecord? record)
    {
        record = null;
        if (!Read(StateKeys.Device(id), out ReadOnlyMemory<byte> value))
        {
            return false;
        }

        Invariant.Check(DeviceRecord.TryDecode(id, value.Span, out record));
        return true;
    }

    /// <summary>The lease under which a device has units left to prove at the time of this block.</summary>
    public bool TryGetLease(DeviceId id, [NotNullWhen(true)] out Lease? lease)
    {
        lease = TryGetDevice(id, out DeviceRecord? device) && device.HasOpenLease(Time) ? device.Lease : null;
        return lease is not null;
    }

    /// <summary>A task by the id of its post.</summary>
    public bool TryGetTask(Hash256 postId, [NotNullWhen(true)] out TaskRecord? record)
    {
        record = null;
        if (!Read(StateKeys.Task(postId), out ReadOnlyMemory<byte> value))
        {
            return false;
        }

        Invariant.Check(TaskRecord.TryDecode(postId, value.Span, out record));
        return true;
    }

    /// <summary>A device's reputation, 0..1,000; null when it is not known.</summary>
    public ulong? Reputation(DeviceId id) => TryGetDevice(id, out DeviceRecord? device) ? device.Reputation : null;

    /// <summary>The place of a node in the committee; null when it is no member.</summary>
    public NodeIndex? IndexOf(NodeId node)
    {
        for (int index = 0; index < Document.Committee.Count; index++)
        {
            if (Document.Committee[index].Id == node)
            {
                return new NodeIndex((ushort)index);
            }
        }

        return null;
    }

    /// <summary>What a committee member was convicted of; null when nothing is held against it.</summary>
    public MemberRecord? Misconduct(NodeId node)
    {
        MemberRecord? record = null;
        Invariant.Check(!Read(StateKeys.Member(node), out ReadOnlyMemory<byte> value) || MemberRecord.TryDecode(value.Span, out record));
        return record;
    }

    /// <summary>The members with a conviction, by their place in the committee.</summary>
    public IReadOnlyList<NodeIndex> Convicted() =>
        Counters.Offences == 0 ? [] : [.. Enumerable.Range(0, Document.Committee.Count).Where(index => Misconduct(Document.Committee[index].Id) is not null).Select(index => new NodeIndex((ushort)index))];

    /// <summary>A committee member's reputation, 0..1,000: <see cref="NetworkParameters.ReputationStart"/> until it is convicted. Null when it is no member.</summary>
    public ulong? Reputation(NodeId member) => IndexOf(member) is null ? null : Misconduct(member)?.Reputation ?? Parameters.ReputationStart;

    /// <summary>Whether a committee member may be in the committee of an epoch; false for any other node.</summary>
    public bool IsEligible(NodeId member, Epoch epoch) => IndexOf(member) is not null && (Misconduct(member)?.IsEligibleIn(epoch) ?? true);

    /// <summary>The transaction that anchored a height on a chain; null when none is on record.</summary>
    public Hash256? Anchor(ulong chainId, Height height) =>
        Read(StateKeys.Anchor(chainId, height), out ReadOnlyMemory<byte> value) ? new Hash256(value.Span) : null;

    /// <summary>The messages of the current key generation, in their order on the ledger, from place <paramref name="first"/> on.</summary>
    public IEnumerable<DkgMessage> DkgMessages(uint first = 0)
    {
        DkgState dkg = Dkg;
        for (uint place = first; place < dkg.Messages; place++)
        {
            Invariant.Check(Read(StateKeys.DkgMessage(dkg.Session, place), out ReadOnlyMemory<byte> value));
            Invariant.Check(DkgMessage.TryDecode(value.Span, out DkgMessage? message));
            yield return message;
        }
    }

    /// <summary>Every key and value, for storage and snapshots.</summary>
    public IEnumerable<StateEntry> Entries() => Tree.Entries();

    internal bool Read(byte[] key, out ReadOnlyMemory<byte> value) => Tree.TryGet(key, out value);

    private static void Index(
        StateEntry entry,
        NetworkParameters parameters,
        ImmutableSortedDictionary<TaskOrder, Hash256>.Builder openTasks,
        ImmutableSortedSet<LedgerTimer>.Builder timers)
    {
        ReadOnlySpan<byte> key = entry.Key.Span;
        Invariant.Check(key.Length > 0);
        switch (key[0])
        {
            case StateKeys.DeviceTag:
                Invariant.Check(DeviceId.TryRead(key[1..], out DeviceId id));
                Invariant.Check(DeviceRecord.TryDecode(id, entry.Value.Span, out DeviceRecord? device));
                if (device.Due(parameters) is { } due)
                {
                    timers.Add(LedgerTimer.Of(id, due));
                }

                break;
            case StateKeys.TaskTag:
                var post = new Hash256(key[1..]);
                Invariant.Check(TaskRecord.TryDecode(post, entry.Value.Span, out TaskRecord? task));
                timers.Add(LedgerTimer.Of(post, task.Due(parameters)));
                if (task.HasWork)
                {
                    openTasks.Add(task.Order, post);
                }

                break;
            default:
                // Other records are read by key only.
                break;
        }
    }

    private delegate bool Decoder<T>(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out T? value);

    private static T Decode<T>(StateTree tree, byte[] key, Decoder<T> decoder)
        where T : class =>
        tree.TryGet(key, out ReadOnlyMemory<byte> bytes) && decoder(bytes.Span, out T? value)
            ? value
            : throw Invariant.Fail($"the state holds no readable {typeof(T).Name}");

    private static bool TryDecodeParameters(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out NetworkParameters? parameters)
    {
        var reader = new MessagePackReader(bytes);
        return NetworkParameters.TryRead(ref reader, out parameters) && reader.End;
    }
}
