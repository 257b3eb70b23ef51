namespace Aeamc.P2P.Ledger;

/// <summary>What an entry asks of the ledger. The values are on the wire and never change their meaning.</summary>
public enum EntryKind : byte
{
    /// <summary>No entry; never valid on the wire.</summary>
    None = 0,

    /// <summary>A device makes itself known under v2 (<see cref="DeviceRegistration"/>).</summary>
    DeviceRegistration = 1,

    /// <summary>Proof of Availability, signed (<see cref="Ledger.Heartbeat"/>).</summary>
    Heartbeat = 2,

    /// <summary>Phase-1 telemetry, unsigned (<see cref="Ledger.HeartbeatV1"/>).</summary>
    HeartbeatV1 = 3,

    /// <summary>Proof of Task, signed (<see cref="Ledger.TaskProof"/>).</summary>
    TaskProof = 4,

    /// <summary>Phase-1 proof of task (<see cref="Ledger.TaskProofV1"/>).</summary>
    TaskProofV1 = 5,

    /// <summary>A requester posts work (<see cref="Ledger.TaskPost"/>).</summary>
    TaskPost = 6,

    /// <summary>A device asks for work (<see cref="Ledger.LeaseRequest"/>).</summary>
    LeaseRequest = 7,

    /// <summary>A Phase-1 device asked for work at some node (<see cref="Ledger.LeaseRequestV1"/>).</summary>
    LeaseRequestV1 = 8,

    /// <summary>A dealing of the distributed key generation.</summary>
    DkgDeal = 9,

    /// <summary>A complaint against a dealing.</summary>
    DkgComplain = 10,

    /// <summary>A member's statement of the group key it derived.</summary>
    DkgConfirm = 11,

    /// <summary>A checkpoint was seen on an EVM chain.</summary>
    AnchorRecord = 12,

    /// <summary>Proof that a committee member signed two statements that exclude each other.</summary>
    EquivocationEvidence = 13,
}

/// <summary>The names under which kinds are signed and shown.</summary>
public static class EntryKinds
{
    /// <summary>The kind's name in lower-case words joined by dashes, part of every signed message.</summary>
    public static string Name(this EntryKind kind) => kind switch
    {
        EntryKind.DeviceRegistration => "device-registration",
        EntryKind.Heartbeat => "heartbeat",
        EntryKind.HeartbeatV1 => "heartbeat-v1",
        EntryKind.TaskProof => "task-proof",
        EntryKind.TaskProofV1 => "task-proof-v1",
        EntryKind.TaskPost => "task-post",
        EntryKind.LeaseRequest => "lease-request",
        EntryKind.LeaseRequestV1 => "lease-request-v1",
        EntryKind.DkgDeal => "dkg-deal",
        EntryKind.DkgComplain => "dkg-complain",
        EntryKind.DkgConfirm => "dkg-confirm",
        EntryKind.AnchorRecord => "anchor-record",
        EntryKind.EquivocationEvidence => "equivocation-evidence",
        _ => "unknown",
    };

    /// <summary>Whether the entry is a Phase-1 one, whose bytes are the payload itself instead of an envelope.</summary>
    public static bool IsV1(this EntryKind kind) => kind is EntryKind.HeartbeatV1 or EntryKind.TaskProofV1 or EntryKind.LeaseRequestV1;

    /// <summary>Whether the entry is a proof of task, and so counts as a receipt of its block.</summary>
    public static bool IsProof(this EntryKind kind) => kind is EntryKind.TaskProof or EntryKind.TaskProofV1;
}
