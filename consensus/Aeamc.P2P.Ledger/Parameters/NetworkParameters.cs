using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// The figures that every node of a network applies, part of the authenticated state. All are unsigned integers.
/// Encoding: an array of them in the order of declaration.
/// </summary>
public sealed record NetworkParameters
{
    private const ulong MaxSpan = 365UL * 86_400_000;
    private const int FieldCount = 31;

    /// <summary>The figures of a network that names none.</summary>
    public static NetworkParameters Default { get; } = new();

    /// <summary>How far an entry's own time may lie before its block's, in milliseconds.</summary>
    public ulong ProofMaxAgeMs { get; init; } = 300_000;

    /// <summary>How far an entry's own time may lie after its block's, in milliseconds.</summary>
    public ulong ProofMaxAheadMs { get; init; } = 30_000;

    /// <summary>The window <c>w</c> in which heartbeats make a device eligible, in milliseconds.</summary>
    public ulong HeartbeatWindowMs { get; init; } = 900_000;

    /// <summary>How many heartbeats <c>m</c> the window must hold, 1..16.</summary>
    public ulong HeartbeatsRequired { get; init; } = 1;

    /// <summary>The least block time between two counted heartbeats of a device, in milliseconds.</summary>
    public ulong HeartbeatMinIntervalMs { get; init; } = 1_000;

    /// <summary>The least energy score of a device that gets work, in ten-thousandths.</summary>
    public ulong ScoreGate { get; init; } = 2_500;

    /// <summary>The most units of one lease, 1..4,096.</summary>
    public ulong MaxUnitsPerLease { get; init; } = 256;

    /// <summary>How long a lease runs, in milliseconds.</summary>
    public ulong LeaseDurationMs { get; init; } = 120_000;

    /// <summary>How long a Phase-1 proof is held for the one that confirms its key, in milliseconds.</summary>
    public ulong ProbationHoldMs { get; init; } = 3_600_000;

    /// <summary>How many of ten thousand proofs every node recomputes.</summary>
    public ulong SampleRate { get; init; } = 100;

    /// <summary>The most steps of one unit.</summary>
    public ulong MaxTaskSteps { get; init; } = 65_536;

    /// <summary>The most steps that one block makes a node recompute; what exceeds it is not sampled.</summary>
    public ulong MaxRecomputedSteps { get; init; } = 1_048_576;

    /// <summary>The longest time from a post to its deadline, in milliseconds.</summary>
    public ulong MaxTaskSpanMs { get; init; } = 2_592_000_000;

    /// <summary>How long a closed task stays on record, in milliseconds; longer than a post can be sent again.</summary>
    public ulong TaskRetentionMs { get; init; } = 86_400_000;

    /// <summary>The most tasks on record that are not closed.</summary>
    public ulong MaxOpenTasks { get; init; } = 10_000;

    /// <summary>A new device's reputation, 0..1,000.</summary>
    public ulong ReputationStart { get; init; } = 500;

    /// <summary>What a wrong result costs.</summary>
    public ulong ReputationPenalty { get; init; } = 20;

    /// <summary>Below this reputation a device is blocked...</summary>
    public ulong BlockBelow { get; init; } = 300;

    /// <summary>...once it has been judged this often.</summary>
    public ulong BlockAfterTasks { get; init; } = 5;

    /// <summary>How long a blocked device gets no work, in milliseconds.</summary>
    public ulong BlockDurationMs { get; init; } = 86_400_000;

    /// <summary>1 when Phase-1 devices are served, 0 when not.</summary>
    public ulong V1Enabled { get; init; } = 1;

    /// <summary>The most Phase-1 devices on record whose key is not known: anybody can name one.</summary>
    public ulong MaxUnprovenV1Devices { get; init; } = 100_000;

    /// <summary>How long a Phase-1 device without a known key stays on record after it was last heard, in milliseconds.</summary>
    public ulong V1IdleMs { get; init; } = 3_600_000;

    /// <summary>The most devices with a known key on record.</summary>
    public ulong MaxDevices { get; init; } = 10_000_000;

    /// <summary>After how long an unfinished key generation may be begun anew, in milliseconds.</summary>
    public ulong DkgTimeoutMs { get; init; } = 60_000;

    /// <summary>How many due leases, holds and deadlines one block works off at most.</summary>
    public ulong MaxExpiriesPerBlock { get; init; } = 1_024;

    /// <summary>How long a phase of the key generation stays open for members that have not spoken, in milliseconds of chain time.</summary>
    public ulong DkgPhaseMs { get; init; } = 10_000;

    /// <summary>D, the assumed bound on one message's delay between members, in milliseconds: leader and view time-outs are 2D and 3D.</summary>
    public ulong NetworkDelayMs { get; init; } = 500;

    /// <summary>How long a leader without entries waits before it proposes an empty block, in milliseconds.</summary>
    public ulong IdleIntervalMs { get; init; } = 6_000;

    /// <summary>The least time between two blocks with entries, in milliseconds.</summary>
    public ulong BlockIntervalMs { get; init; }

    /// <summary>Every so many milliseconds of chain time the committee co-signs a checkpoint.</summary>
    public ulong CheckpointIntervalMs { get; init; } = 3_600_000;

    /// <summary>Whether Phase-1 devices are served.</summary>
    public bool ServesV1 => V1Enabled != 0;

    /// <summary>SHA-256 of the encoding: the header's parameters hash.</summary>
    public Hash256 Hash()
    {
        var output = new ArrayBufferWriter<byte>(128);
        Write(output);
        return Hash256.Of(output.WrittenSpan);
    }

    /// <summary>What makes these figures unusable, as one sentence naming the figure; null when they are sound.</summary>
    public string? Problem()
    {
        (bool Sound, string Problem)[] rules =
        [
            (HeartbeatsRequired is >= 1 and <= DeviceRecord.MaxHeartbeats, $"HeartbeatsRequired must be 1..{DeviceRecord.MaxHeartbeats}."),
            (ScoreGate <= EnergyScore.Maximum, $"ScoreGate must be at most {EnergyScore.Maximum}."),
            (MaxUnitsPerLease is >= 1 and <= 4_096, "MaxUnitsPerLease must be 1..4,096."),
            (LeaseDurationMs is >= 1 and <= MaxSpan, "LeaseDurationMs must be between 1 ms and 1 year."),
            (SampleRate <= 10_000, "SampleRate is per ten thousand."),
            (MaxTaskSteps is >= 1 and <= 16_777_216, "MaxTaskSteps must be 1..16,777,216."),
            (MaxRecomputedSteps <= 1_073_741_824, "MaxRecomputedSteps must be at most 2^30."),
            (ReputationStart <= DeviceRecord.MaxReputation, $"ReputationStart must be at most {DeviceRecord.MaxReputation}."),
            (ReputationPenalty <= DeviceRecord.MaxReputation, $"ReputationPenalty must be at most {DeviceRecord.MaxReputation}."),
            (BlockBelow <= DeviceRecord.MaxReputation, $"BlockBelow must be at most {DeviceRecord.MaxReputation}."),
            (V1Enabled <= 1, "V1Enabled must be 0 or 1."),
            (NetworkDelayMs is >= 10 and <= 60_000, "NetworkDelayMs must be 10..60,000."),
            (IdleIntervalMs is >= 100 and <= 3_600_000, "IdleIntervalMs must be 100..3,600,000."),
            (BlockIntervalMs <= IdleIntervalMs, "BlockIntervalMs must not exceed IdleIntervalMs."),
            (CheckpointIntervalMs is >= 1_000 and <= MaxSpan, "CheckpointIntervalMs must be between 1 s and 1 year."),
            (DkgPhaseMs is >= 100 and <= MaxSpan && DkgPhaseMs * 3 <= DkgTimeoutMs, "DkgPhaseMs must be at least 100 ms and fit three times into DkgTimeoutMs."),
            (MaxOpenTasks is >= 1 and <= 1_000_000, "MaxOpenTasks must be 1..1,000,000."),
            (MaxExpiriesPerBlock is >= 1 and <= 65_536, "MaxExpiriesPerBlock must be 1..65,536."),
            (ProofMaxAgeMs <= MaxSpan && ProofMaxAheadMs <= MaxSpan, "ProofMaxAgeMs and ProofMaxAheadMs must be at most 1 year."),
            (TaskRetentionMs <= MaxSpan && TaskRetentionMs > Math.Min(ProofMaxAgeMs, MaxSpan) + Math.Min(ProofMaxAheadMs, MaxSpan),
                "TaskRetentionMs must exceed ProofMaxAgeMs + ProofMaxAheadMs and be at most 1 year, or a closed post could be sent again."),
        ];
        foreach ((bool sound, string problem) in rules)
        {
            if (!sound)
            {
                return problem;
            }
        }

        return null;
    }

    internal void Write(IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(FieldCount);
        writer.Write(ProofMaxAgeMs);
        writer.Write(ProofMaxAheadMs);
        writer.Write(HeartbeatWindowMs);
        writer.Write(HeartbeatsRequired);
        writer.Write(HeartbeatMinIntervalMs);
        writer.Write(ScoreGate);
        writer.Write(MaxUnitsPerLease);
        writer.Write(LeaseDurationMs);
        writer.Write(ProbationHoldMs);
        writer.Write(SampleRate);
        writer.Write(MaxTaskSteps);
        writer.Write(MaxRecomputedSteps);
        writer.Write(MaxTaskSpanMs);
        writer.Write(TaskRetentionMs);
        writer.Write(MaxOpenTasks);
        writer.Write(ReputationStart);
        writer.Write(ReputationPenalty);
        writer.Write(BlockBelow);
        writer.Write(BlockAfterTasks);
        writer.Write(BlockDurationMs);
        writer.Write(V1Enabled);
        writer.Write(MaxUnprovenV1Devices);
        writer.Write(V1IdleMs);
        writer.Write(MaxDevices);
        writer.Write(DkgTimeoutMs);
        writer.Write(MaxExpiriesPerBlock);
        writer.Write(DkgPhaseMs);
        writer.Write(NetworkDelayMs);
        writer.Write(IdleIntervalMs);
        writer.Write(BlockIntervalMs);
        writer.Write(CheckpointIntervalMs);
    }

    internal static bool TryRead(ref MessagePackReader reader, [NotNullWhen(true)] out NetworkParameters? parameters)
    {
        parameters = null;
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

        parameters = new NetworkParameters
        {
            ProofMaxAgeMs = values[0],
            ProofMaxAheadMs = values[1],
            HeartbeatWindowMs = values[2],
            HeartbeatsRequired = values[3],
            HeartbeatMinIntervalMs = values[4],
            ScoreGate = values[5],
            MaxUnitsPerLease = values[6],
            LeaseDurationMs = values[7],
            ProbationHoldMs = values[8],
            SampleRate = values[9],
            MaxTaskSteps = values[10],
            MaxRecomputedSteps = values[11],
            MaxTaskSpanMs = values[12],
            TaskRetentionMs = values[13],
            MaxOpenTasks = values[14],
            ReputationStart = values[15],
            ReputationPenalty = values[16],
            BlockBelow = values[17],
            BlockAfterTasks = values[18],
            BlockDurationMs = values[19],
            V1Enabled = values[20],
            MaxUnprovenV1Devices = values[21],
            V1IdleMs = values[22],
            MaxDevices = values[23],
            DkgTimeoutMs = values[24],
            MaxExpiriesPerBlock = values[25],
            DkgPhaseMs = values[26],
            NetworkDelayMs = values[27],
            IdleIntervalMs = values[28],
            BlockIntervalMs = values[29],
            CheckpointIntervalMs = values[30],
        };
        return parameters.Problem() is null;
    }
}
