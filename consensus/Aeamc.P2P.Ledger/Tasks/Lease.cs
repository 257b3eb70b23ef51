using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// A run of units of one task given to one device, kept in the device's record until the next lease. Stored as
/// [id bin 32, post bin 32, first u16, count u16, issued u64, expires u64, ended bool, proven bin].
/// </summary>
public sealed class Lease
{
    internal const int FieldCount = 8;

    internal Lease(Hash256 id, Hash256 postId, ushort first, ushort count, Timestamp issued, Timestamp expires)
        : this(id, postId, first, issued, expires, new UnitBitmap(count))
    {
    }

    private Lease(Hash256 id, Hash256 postId, ushort first, Timestamp issued, Timestamp expires, UnitBitmap proven)
    {
        Id = id;
        PostId = postId;
        First = first;
        Issued = issued;
        Expires = expires;
        Proven = proven;
    }

    /// <summary>The id of the lease request entry.</summary>
    public Hash256 Id { get; }

    /// <summary>The task's post.</summary>
    public Hash256 PostId { get; }

    /// <summary>The first unit.</summary>
    public ushort First { get; }

    /// <summary>How many units.</summary>
    public int Count => Proven.Length;

    /// <summary>The block time at which it was granted.</summary>
    public Timestamp Issued { get; }

    /// <summary>The block time after which no proof is taken under it.</summary>
    public Timestamp Expires { get; }

    /// <summary>Whether it expired or was withdrawn; its unproven units went back to the task.</summary>
    public bool Ended { get; internal set; }

    /// <summary>The units answered for: counted, or held on probation. Bit 0 is <see cref="First"/>.</summary>
    public UnitBitmap Proven { get; }

    /// <summary>Whether units are left to prove.</summary>
    public bool IsOpen => !Ended && Proven.Count < Count;

    /// <summary>Whether the unit of this index in the post is among the leased ones.</summary>
    public bool Covers(int unit) => unit >= First && unit < First + Count;

    internal void Write(MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.Write(Id);
        writer.Write(PostId);
        writer.Write((ulong)First);
        writer.Write((ulong)Count);
        writer.Write(Issued);
        writer.Write(Expires);
        writer.Write(Ended);
        writer.Write(Proven.Bytes);
    }

    internal static bool TryRead(ref MessagePackReader reader, [NotNullWhen(true)] out Lease? lease)
    {
        lease = null;
        if (!reader.TryReadArrayHeader(FieldCount)
            || !reader.TryReadHash(out Hash256 id)
            || !reader.TryReadHash(out Hash256 post)
            || !reader.TryReadUInt16(out ushort first)
            || !reader.TryReadUInt16(out ushort count)
            || !reader.TryReadTimestamp(out Timestamp issued)
            || !reader.TryReadTimestamp(out Timestamp expires)
            || !reader.TryReadBoolean(out bool ended)
            || !reader.TryReadBinary(ushort.MaxValue, out ReadOnlySpan<byte> bits)
            || !UnitBitmap.TryRead(bits, count, out UnitBitmap proven))
        {
            return false;
        }

        lease = new Lease(id, post, first, issued, expires, proven) { Ended = ended };
        return true;
    }
}
