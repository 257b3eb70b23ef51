using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// A requester posts work: <paramref name="Units"/> independent units, each given to one device. Signed by the requester's account key.
/// Encoding: [task_kind u8, input bin 32, steps u32, segment u32, units u16, min_eps u16, deadline u64 ms, timestamp u64 ms, nonce bin 16].
/// </summary>
/// <param name="TaskKind">What is to be computed.</param>
/// <param name="Input">The seed that every unit's work begins from.</param>
/// <param name="Steps">Steps of one unit, at least 1.</param>
/// <param name="Segment">Steps between two states of the trace, 1..Steps.</param>
/// <param name="Units">How many units, 1..65,535.</param>
/// <param name="MinimumScore">The least energy score of a device that gets a unit.</param>
/// <param name="Deadline">When units stop being given out.</param>
/// <param name="Timestamp">The requester's clock.</param>
/// <param name="Nonce">Makes two otherwise equal posts different.</param>
public sealed record TaskPost(
    TaskKind TaskKind,
    Hash256 Input,
    uint Steps,
    uint Segment,
    ushort Units,
    EnergyScore MinimumScore,
    Timestamp Deadline,
    Timestamp Timestamp,
    byte[] Nonce) : EntryPayload
{
    /// <summary>The most trace states of one unit; bounds the tree that a device builds.</summary>
    public const uint MaxTraceStates = 4096;

    public override EntryKind Kind => EntryKind.TaskPost;

    public override void Write(IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(9);
        writer.Write((ulong)TaskKind);
        writer.Write(Input);
        writer.Write((ulong)Steps);
        writer.Write((ulong)Segment);
        writer.Write((ulong)Units);
        writer.Write((ulong)MinimumScore.TenThousandths);
        writer.Write(Deadline);
        writer.Write(Timestamp);
        writer.Write(Nonce);
    }

    /// <summary>Reads the canonical encoding. Whether the kind is known is for the ledger to say.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out TaskPost? payload)
    {
        payload = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(9)
            || !reader.TryReadUInt8(out byte kind)
            || !reader.TryReadHash(out Hash256 input)
            || !reader.TryReadUInt32(out uint steps)
            || !reader.TryReadUInt32(out uint segment)
            || !reader.TryReadUInt16(out ushort units)
            || !reader.TryReadUInt16(out ushort score)
            || !reader.TryReadTimestamp(out Timestamp deadline)
            || !reader.TryReadTimestamp(out Timestamp timestamp)
            || !reader.TryReadNonce(out byte[] nonce)
            || !reader.End)
        {
            return false;
        }

        payload = new TaskPost((TaskKind)kind, input, steps, segment, units, new EnergyScore(score), deadline, timestamp, nonce);
        return true;
    }
}
