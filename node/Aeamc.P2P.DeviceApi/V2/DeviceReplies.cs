using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceApi.V2;

/// <summary>A challenge to be signed into a registration.</summary>
/// <param name="Challenge">32 bytes, base64.</param>
/// <param name="Expires">Unix milliseconds.</param>
public sealed record ChallengeReply(ReadOnlyMemory<byte> Challenge, long Expires);

/// <summary>An entry was taken.</summary>
/// <param name="Id">The entry's id, 64 hexadecimal digits.</param>
/// <param name="Receipt">Where to see what became of it.</param>
/// <param name="Did">The identity that was registered, for registrations.</param>
public sealed record AcceptedReply(string Id, string Receipt, string? Did)
{
    public static AcceptedReply Of(Hash256 id, DeviceId? device = null)
    {
        string text = id.ToString();
        return new AcceptedReply(text, "/v2/receipts/" + text, device?.ToString());
    }
}

/// <summary>A run of units of one task given to one device.</summary>
/// <param name="Id">The lease, named in proofs.</param>
/// <param name="Post">The task's post.</param>
/// <param name="First">The first unit.</param>
/// <param name="Count">How many units.</param>
/// <param name="Proven">How many of them are answered for.</param>
/// <param name="Kind">What is computed.</param>
/// <param name="Input">The seed, hexadecimal.</param>
/// <param name="Steps">Steps of one unit.</param>
/// <param name="Segment">Steps between two states of the trace.</param>
/// <param name="Issued">Block time of the grant.</param>
/// <param name="Expires">Block time after which no proof is taken.</param>
/// <param name="Open">Whether units are left to prove.</param>
public sealed record LeaseReply(
    string Id,
    string Post,
    int First,
    int Count,
    int Proven,
    string Kind,
    string Input,
    uint Steps,
    uint Segment,
    ulong Issued,
    ulong Expires,
    bool Open)
{
    /// <summary>Null when the task is no longer on record.</summary>
    public static LeaseReply? Of(LedgerState state, Lease lease) =>
        state.TryGetTask(lease.PostId, out TaskRecord? task)
            ? new LeaseReply(
                lease.Id.ToString(),
                lease.PostId.ToString(),
                lease.First,
                lease.Count,
                lease.Proven.Count,
                task.Kind.Name(),
                task.Input.ToString(),
                task.Steps,
                task.Segment,
                lease.Issued.Milliseconds,
                lease.Expires.Milliseconds,
                lease.IsOpen && state.Time <= lease.Expires)
            : null;
}

/// <summary>What the ledger holds about a device.</summary>
/// <param name="Standing"><c>unproven</c>, <c>probation</c>, <c>trusted</c>, <c>superseded</c> or <c>registered</c>.</param>
/// <param name="Score">The energy score in ten-thousandths.</param>
/// <param name="Reputation">0..1,000.</param>
/// <param name="Heartbeats">Heartbeats within the window that counts.</param>
/// <param name="Succeeded">Proofs counted.</param>
/// <param name="Failed">Proofs found wrong.</param>
/// <param name="Lease">The current or the last lease.</param>
public sealed record DeviceReply(
    string Did,
    string Standing,
    string? Key,
    string? RecoveryKey,
    IReadOnlyList<string> Capabilities,
    string? Linked,
    ulong Since,
    ulong LastHeard,
    int Score,
    ulong Reputation,
    int Heartbeats,
    ulong Succeeded,
    ulong Failed,
    ulong BlockedUntil,
    LeaseReply? Lease)
{
    public static DeviceReply Of(LedgerState state, DeviceRecord device) => new(
        device.Id.ToString(),
        device.Standing.ToString().ToLowerInvariant(),
        device.Key?.ToString(),
        device.RecoveryKey?.ToString(),
        [.. device.Capabilities.Select(kind => kind.Name())],
        device.Linked?.ToString(),
        device.Since.Milliseconds,
        device.LastHeard.Milliseconds,
        device.Score.TenThousandths,
        device.Reputation,
        device.HeartbeatsWithin(state.Time, state.Parameters.HeartbeatWindowMs),
        device.Succeeded,
        device.Failed,
        device.BlockedUntil.Milliseconds,
        device.Lease is { } lease ? LeaseReply.Of(state, lease) : null);
}

/// <summary>A posted task.</summary>
/// <param name="Available">Units that wait to be given out.</param>
/// <param name="Proven">Units proven and counted.</param>
/// <param name="Phase"><c>open</c>, <c>completed</c> or <c>overdue</c>.</param>
public sealed record TaskReply(
    string Id,
    string Requester,
    string Kind,
    string Input,
    uint Steps,
    uint Segment,
    int Units,
    int Available,
    int Proven,
    int MinimumScore,
    ulong Deadline,
    string Phase)
{
    public static TaskReply Of(TaskRecord task) => new(
        task.PostId.ToString(),
        task.Requester.ToString(),
        task.Kind.Name(),
        task.Input.ToString(),
        task.Steps,
        task.Segment,
        task.Units,
        task.AvailableUnits,
        task.ProvenUnits,
        task.MinimumScore.TenThousandths,
        task.Deadline.Milliseconds,
        task.Phase.ToString().ToLowerInvariant());
}

/// <summary>What became of an entry.</summary>
/// <param name="Stage"><c>pending</c>, <c>finalized</c>, <c>refused</c> or <c>checkpointed</c>.</param>
/// <param name="Height">The block, once it is in one.</param>
/// <param name="Index">Its place in the block.</param>
/// <param name="Code">Why the ledger refused it.</param>
/// <param name="Message">The same in a sentence.</param>
/// <param name="Proof">Where the proof is, once there is one.</param>
public sealed record ReceiptReply(string Id, string Stage, ulong? Height, int? Index, string? Code, string? Message, string? Proof);

/// <summary>The proof of an entry.</summary>
/// <param name="Kind">The entry's kind.</param>
/// <param name="Entry">The entry's bytes, base64.</param>
/// <param name="Header">The block header, hexadecimal.</param>
/// <param name="CheckpointHeight">The co-signed checkpoint that it leads up to; null when none covers the block yet.</param>
/// <param name="Encoded">The whole proof in its canonical encoding, base64.</param>
public sealed record ProofReply(
    string Id,
    string Kind,
    ulong Height,
    int Index,
    string BlockHash,
    string Header,
    ReadOnlyMemory<byte> Entry,
    ulong? CheckpointHeight,
    ReadOnlyMemory<byte> Encoded);
