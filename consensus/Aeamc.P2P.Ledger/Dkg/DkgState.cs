using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// Where the key generation stands. Stored as [session u32, started u64, messages u32, members [[dealt bool, complaints u16,
/// confirmed [key bin 33, transcript bin 32] | nil]], group [key bin 33, transcript bin 32, session u32, since u64] | nil].
/// </summary>
public sealed class DkgState
{
    private readonly Member[] _members;

    internal DkgState(int members, Timestamp started)
    {
        _members = new Member[members];
        foreach (ref Member member in _members.AsSpan())
        {
            member = new Member();
        }

        Started = started;
    }

    /// <summary>The running key generation, counted from 0; or the one that made the key.</summary>
    public uint Session { get; private set; }

    /// <summary>The block time of its first message; of genesis before there is one.</summary>
    public Timestamp Started { get; internal set; }

    /// <summary>How many messages of it are recorded.</summary>
    public uint Messages { get; internal set; }

    /// <summary>The key in force, or null while there is none.</summary>
    public GroupKey? Group { get; internal set; }

    /// <summary>Whether a member has dealt in this session.</summary>
    public bool HasDealt(NodeIndex member) => _members[member.Value].Dealt;

    /// <summary>Whether a member has confirmed in this session.</summary>
    public bool HasConfirmed(NodeIndex member) => _members[member.Value].Confirmation is not null;

    internal Member this[NodeIndex member] => _members[member.Value];

    internal void Restart(uint session, Timestamp now)
    {
        Session = session;
        Started = now;
        Messages = 0;
        foreach (ref Member member in _members.AsSpan())
        {
            member = new Member();
        }
    }

    internal int ConfirmationsOf(DkgConfirmation confirmation)
    {
        int count = 0;
        foreach (Member member in _members)
        {
            if (member.Confirmation is { } other
                && other.Transcript == confirmation.Transcript
                && other.GroupKey.AsSpan().SequenceEqual(confirmation.GroupKey))
            {
                count++;
            }
        }

        return count;
    }

    internal byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>(128);
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(5);
        writer.Write((ulong)Session);
        writer.Write(Started);
        writer.Write((ulong)Messages);
        writer.WriteArrayHeader(_members.Length);
        foreach (Member member in _members)
        {
            member.Write(writer);
        }

        if (Group is { } group)
        {
            writer.WriteArrayHeader(4);
            writer.Write(group.PublicKey);
            writer.Write(group.Transcript);
            writer.Write((ulong)group.Session);
            writer.Write(group.Since.Value);
        }
        else
        {
            writer.WriteNil();
        }

        return output.WrittenSpan.ToArray();
    }

    internal static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DkgState? state)
    {
        state = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(5)
            || !reader.TryReadUInt32(out uint session)
            || !reader.TryReadTimestamp(out Timestamp started)
            || !reader.TryReadUInt32(out uint messages)
            || !reader.TryReadArrayHeader(GenesisDocument.MaxCommittee, out int count))
        {
            return false;
        }

        state = new DkgState(count, started) { Session = session, Messages = messages };
        foreach (Member member in state._members)
        {
            if (!member.TryRead(ref reader, session))
            {
                return false;
            }
        }

        return (reader.TryReadNil() || state.TryReadGroup(ref reader)) && reader.End;
    }

    private bool TryReadGroup(ref MessagePackReader reader)
    {
        if (!reader.TryReadArrayHeader(4)
            || !reader.TryReadBytes(DkgConfirmation.GroupKeySize, out byte[] key)
            || !reader.TryReadHash(out Hash256 transcript)
            || !reader.TryReadUInt32(out uint session)
            || !reader.TryReadUInt64(out ulong since))
        {
            return false;
        }

        Group = new GroupKey(key, transcript, session, new Height(since));
        return true;
    }

    /// <summary>What one member has sent in the session.</summary>
    internal sealed class Member
    {
        public bool Dealt { get; set; }

        public ushort Complaints { get; set; }

        public DkgConfirmation? Confirmation { get; set; }

        public void Write(MessagePackWriter writer)
        {
            writer.WriteArrayHeader(3);
            writer.Write(Dealt);
            writer.Write((ulong)Complaints);
            if (Confirmation is { } confirmation)
            {
                writer.WriteArrayHeader(2);
                writer.Write(confirmation.GroupKey);
                writer.Write(confirmation.Transcript);
            }
            else
            {
                writer.WriteNil();
            }
        }

        public bool TryRead(ref MessagePackReader reader, uint session)
        {
            if (!reader.TryReadArrayHeader(3) || !reader.TryReadBoolean(out bool dealt) || !reader.TryReadUInt16(out ushort complaints))
            {
                return false;
            }

            Dealt = dealt;
            Complaints = complaints;
            if (reader.TryReadNil())
            {
                return true;
            }

            if (!reader.TryReadArrayHeader(2)
                || !reader.TryReadBytes(DkgConfirmation.GroupKeySize, out byte[] key)
                || !reader.TryReadHash(out Hash256 transcript))
            {
                return false;
            }

            Confirmation = new DkgConfirmation(session, key, transcript);
            return true;
        }
    }
}
