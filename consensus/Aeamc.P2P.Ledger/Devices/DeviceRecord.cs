using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// All that the ledger holds about a device: pseudonymous, scores and digests only. Read from the state as a copy of its own. Stored as
/// [key bin | nil, recovery_key bin | nil, capabilities [u8], linked bin | nil, since u64, last_heard u64, score u16, heartbeat_clock u64,
/// heartbeats [u64], reputation u16, succeeded u64, failed u64, blocked_until u64, lease_clock u64, lease | nil, held | nil].
/// </summary>
public sealed class DeviceRecord
{
    /// <summary>The largest reputation.</summary>
    public const ulong MaxReputation = 1000;

    /// <summary>The most heartbeats remembered.</summary>
    public const int MaxHeartbeats = 16;

    private const int FieldCount = 16;

    private readonly List<ulong> _heartbeats = [];

    internal DeviceRecord(DeviceId id, Timestamp since)
    {
        Id = id;
        Since = since;
        LastHeard = since;
    }

    /// <summary>The identity.</summary>
    public DeviceId Id { get; }

    /// <summary>The key that signs for it now; null while a Phase-1 device's key is not known.</summary>
    public PublicKey? Key { get; internal set; }

    /// <summary>The key that may replace <see cref="Key"/>, if one was named.</summary>
    public PublicKey? RecoveryKey { get; internal set; }

    /// <summary>The task kinds that a v2 device said it can execute. Phase 1 knows no such list: its devices get any.</summary>
    public IReadOnlyList<TaskKind> Capabilities { get; internal set; } = [];

    /// <summary>For v2 the Phase-1 identity that it took over, for Phase 1 the v2 identity that took it over; null otherwise.</summary>
    public DeviceId? Linked { get; internal set; }

    /// <summary>The block time of the first entry.</summary>
    public Timestamp Since { get; }

    /// <summary>The block time of the last accepted entry.</summary>
    public Timestamp LastHeard { get; internal set; }

    /// <summary>The energy score of the last heartbeat.</summary>
    public EnergyScore Score { get; internal set; }

    /// <summary>The device's own time in its last counted heartbeat.</summary>
    public Timestamp HeartbeatClock { get; internal set; }

    /// <summary>The block times of the last counted heartbeats, ascending, at most <see cref="MaxHeartbeats"/>.</summary>
    public IReadOnlyList<ulong> Heartbeats => _heartbeats;

    /// <summary>0..1,000.</summary>
    public ulong Reputation { get; internal set; }

    /// <summary>Proofs that were counted.</summary>
    public ulong Succeeded { get; internal set; }

    /// <summary>Proofs whose result was wrong.</summary>
    public ulong Failed { get; internal set; }

    /// <summary>No work before this block time.</summary>
    public Timestamp BlockedUntil { get; internal set; }

    /// <summary>The device's own time in its last accepted lease request.</summary>
    public Timestamp LeaseClock { get; internal set; }

    /// <summary>The current or the last lease.</summary>
    public Lease? Lease { get; internal set; }

    /// <summary>The Phase-1 proof that waits for a second one.</summary>
    public HeldProof? Held { get; internal set; }

    /// <summary>How well the network knows the device.</summary>
    public DeviceStanding Standing => (Id.IsV1, Linked, Key, Held) switch
    {
        (false, _, _, _) => DeviceStanding.Registered,
        (true, not null, _, _) => DeviceStanding.Superseded,
        (true, _, not null, _) => DeviceStanding.Trusted,
        (true, _, _, not null) => DeviceStanding.Probation,
        _ => DeviceStanding.Unproven,
    };

    /// <summary>Whether the device holds a lease with units left to prove, at this block time.</summary>
    public bool HasOpenLease(Timestamp now) => Lease is { IsOpen: true } lease && now <= lease.Expires;

    /// <summary>How many remembered heartbeats lie within <paramref name="windowMs"/> before <paramref name="now"/>.</summary>
    public int HeartbeatsWithin(Timestamp now, ulong windowMs)
    {
        int count = 0;
        foreach (ulong heartbeat in _heartbeats)
        {
            if (now.Since(new Timestamp(heartbeat)) <= windowMs)
            {
                count++;
            }
        }

        return count;
    }

    internal void AddHeartbeat(Timestamp now)
    {
        if (_heartbeats.Count == MaxHeartbeats)
        {
            _heartbeats.RemoveAt(0);
        }

        _heartbeats.Add(now.Milliseconds);
    }

    /// <summary>When the ledger has to look at this device by itself; null when never.</summary>
    internal Timestamp? Due(NetworkParameters parameters)
    {
        Timestamp? due = Lease is { IsOpen: true } lease ? lease.Expires : null;
        if (Held is { } held && (due is null || held.Until < due))
        {
            due = held.Until;
        }

        return due is null && Standing == DeviceStanding.Unproven ? LastHeard.Plus(parameters.V1IdleMs) : due;
    }

    internal byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>(256);
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(FieldCount);
        WriteOptional(writer, Key);
        WriteOptional(writer, RecoveryKey);
        writer.WriteArrayHeader(Capabilities.Count);
        foreach (TaskKind kind in Capabilities)
        {
            writer.Write((ulong)kind);
        }

        if (Linked is { } linked)
        {
            writer.Write(linked);
        }
        else
        {
            writer.WriteNil();
        }

        writer.Write(Since);
        writer.Write(LastHeard);
        writer.Write((ulong)Score.TenThousandths);
        writer.Write(HeartbeatClock);
        writer.WriteArrayHeader(_heartbeats.Count);
        foreach (ulong heartbeat in _heartbeats)
        {
            writer.Write(heartbeat);
        }

        writer.Write(Reputation);
        writer.Write(Succeeded);
        writer.Write(Failed);
        writer.Write(BlockedUntil);
        writer.Write(LeaseClock);
        if (Lease is { } lease)
        {
            lease.Write(writer);
        }
        else
        {
            writer.WriteNil();
        }

        if (Held is { } held)
        {
            held.Write(writer);
        }
        else
        {
            writer.WriteNil();
        }

        return output.WrittenSpan.ToArray();
    }

    internal static bool TryDecode(DeviceId id, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DeviceRecord? record)
    {
        record = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(FieldCount)
            || !TryReadOptional(ref reader, out PublicKey? key)
            || !TryReadOptional(ref reader, out PublicKey? recovery)
            || !TryReadKinds(ref reader, out TaskKind[] capabilities)
            || !TryReadLink(ref reader, out DeviceId? linked)
            || !reader.TryReadTimestamp(out Timestamp since)
            || !reader.TryReadTimestamp(out Timestamp lastHeard)
            || !reader.TryReadUInt16(out ushort score)
            || !reader.TryReadTimestamp(out Timestamp heartbeatClock))
        {
            return false;
        }

        record = new DeviceRecord(id, since)
        {
            Key = key,
            RecoveryKey = recovery,
            Capabilities = capabilities,
            Linked = linked,
            LastHeard = lastHeard,
            Score = new EnergyScore(score),
            HeartbeatClock = heartbeatClock,
        };
        return record.TryReadRest(ref reader) && reader.End;
    }

    private bool TryReadRest(ref MessagePackReader reader)
    {
        if (!reader.TryReadArrayHeader(MaxHeartbeats, out int count))
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadUInt64(out ulong heartbeat))
            {
                return false;
            }

            _heartbeats.Add(heartbeat);
        }

        if (!reader.TryReadUInt64(MaxReputation, out ulong reputation)
            || !reader.TryReadUInt64(out ulong succeeded)
            || !reader.TryReadUInt64(out ulong failed)
            || !reader.TryReadTimestamp(out Timestamp blockedUntil)
            || !reader.TryReadTimestamp(out Timestamp leaseClock))
        {
            return false;
        }

        Reputation = reputation;
        Succeeded = succeeded;
        Failed = failed;
        BlockedUntil = blockedUntil;
        LeaseClock = leaseClock;
        if (!reader.TryReadNil())
        {
            if (!Ledger.Lease.TryRead(ref reader, out Lease? lease))
            {
                return false;
            }

            Lease = lease;
        }

        if (!reader.TryReadNil())
        {
            if (!HeldProof.TryRead(ref reader, out HeldProof? held))
            {
                return false;
            }

            Held = held;
        }

        return true;
    }

    private static void WriteOptional(MessagePackWriter writer, PublicKey? key)
    {
        if (key is { } value)
        {
            writer.Write(value);
        }
        else
        {
            writer.WriteNil();
        }
    }

    private static bool TryReadOptional(ref MessagePackReader reader, out PublicKey? key)
    {
        key = null;
        if (reader.TryReadNil())
        {
            return true;
        }

        bool read = reader.TryReadKey(out PublicKey value);
        key = value;
        return read;
    }

    private static bool TryReadLink(ref MessagePackReader reader, out DeviceId? linked)
    {
        linked = null;
        if (reader.TryReadNil())
        {
            return true;
        }

        bool read = reader.TryReadDevice(out DeviceId value);
        linked = value;
        return read;
    }

    private static bool TryReadKinds(ref MessagePackReader reader, out TaskKind[] kinds)
    {
        kinds = [];
        if (!reader.TryReadArrayHeader(Inception.MaxCapabilities, out int count))
        {
            return false;
        }

        kinds = new TaskKind[count];
        foreach (ref TaskKind kind in kinds.AsSpan())
        {
            if (!reader.TryReadUInt8(out byte value))
            {
                return false;
            }

            kind = (TaskKind)value;
        }

        return true;
    }
}
