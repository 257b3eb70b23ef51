using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>The ledger's totals, part of the authenticated state. Encoding: an array of u64 in the order of declaration.</summary>
public sealed record LedgerCounters
{
    private const int FieldCount = 17;

    /// <summary>The height of the last block.</summary>
    public ulong Height { get; internal set; }

    /// <summary>The time of the last block, Unix milliseconds.</summary>
    public ulong TimeMs { get; internal set; }

    /// <summary>Proofs of task that were counted: the network's receipts.</summary>
    public ulong ProofsCounted { get; internal set; }

    /// <summary>Proofs of task that were refused.</summary>
    public ulong ProofsRefused { get; internal set; }

    /// <summary>Heartbeats that were counted.</summary>
    public ulong HeartbeatsCounted { get; internal set; }

    /// <summary>Entries of any kind that were refused.</summary>
    public ulong EntriesRefused { get; internal set; }

    /// <summary>Devices with a known key on record.</summary>
    public ulong Devices { get; internal set; }

    /// <summary>Phase-1 devices on record whose key is not known.</summary>
    public ulong UnprovenV1Devices { get; internal set; }

    /// <summary>Tasks ever posted.</summary>
    public ulong TasksPosted { get; internal set; }

    /// <summary>Tasks that are not closed.</summary>
    public ulong OpenTasks { get; internal set; }

    /// <summary>Tasks whose units were all proven.</summary>
    public ulong TasksCompleted { get; internal set; }

    /// <summary>Leases ever granted.</summary>
    public ulong LeasesGranted { get; internal set; }

    /// <summary>Leases that ended before all units were proven.</summary>
    public ulong LeasesExpired { get; internal set; }

    /// <summary>Proofs whose result nodes found wrong.</summary>
    public ulong OutputsWrong { get; internal set; }

    /// <summary>Anchors on record.</summary>
    public ulong Anchors { get; internal set; }

    /// <summary>The greatest anchored height on record.</summary>
    public ulong AnchoredHeight { get; internal set; }

    /// <summary>Convictions of committee members on record.</summary>
    public ulong Offences { get; internal set; }

    internal byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>(128);
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(FieldCount);
        writer.Write(Height);
        writer.Write(TimeMs);
        writer.Write(ProofsCounted);
        writer.Write(ProofsRefused);
        writer.Write(HeartbeatsCounted);
        writer.Write(EntriesRefused);
        writer.Write(Devices);
        writer.Write(UnprovenV1Devices);
        writer.Write(TasksPosted);
        writer.Write(OpenTasks);
        writer.Write(TasksCompleted);
        writer.Write(LeasesGranted);
        writer.Write(LeasesExpired);
        writer.Write(OutputsWrong);
        writer.Write(Anchors);
        writer.Write(AnchoredHeight);
        writer.Write(Offences);
        return output.WrittenSpan.ToArray();
    }

    internal static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out LedgerCounters? counters)
    {
        counters = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(FieldCount))
        {
            return false;
        }

        Span<ulong> values = stackalloc ulong[FieldCount];
        foreach (ref ulong value in values)
        {
            if (!reader.TryReadUInt64(out value))
            {
                return false;
            }
        }

        counters = new LedgerCounters
        {
            Height = values[0],
            TimeMs = values[1],
            ProofsCounted = values[2],
            ProofsRefused = values[3],
            HeartbeatsCounted = values[4],
            EntriesRefused = values[5],
            Devices = values[6],
            UnprovenV1Devices = values[7],
            TasksPosted = values[8],
            OpenTasks = values[9],
            TasksCompleted = values[10],
            LeasesGranted = values[11],
            LeasesExpired = values[12],
            OutputsWrong = values[13],
            Anchors = values[14],
            AnchoredHeight = values[15],
            Offences = values[16],
        };
        return reader.End;
    }
}
