namespace Aeamc.P2P.Ledger;

/// <summary>Why the ledger refuses an entry. Numbers may change; <see cref="RefusalCodes.Code"/> is what the outside sees and never changes.</summary>
public enum RefusalCode : byte
{
    /// <summary>The entry is accepted.</summary>
    None,

    /// <summary>The bytes are not a canonical entry of their kind.</summary>
    MalformedEntry,

    /// <summary>The signature does not verify under the key that the entry names or the device has.</summary>
    SignatureInvalid,

    /// <summary>The signature is not strict DER.</summary>
    SignatureMalformed,

    /// <summary>The task id is not 64 lower-case hex digits.</summary>
    TaskIdMalformed,

    /// <summary>The device id is not 16 lower-case hex digits.</summary>
    DeviceIdMalformed,

    /// <summary>The timestamp does not have 13 digits.</summary>
    TimestampMalformed,

    /// <summary>The output digest is not 64 lower-case hex digits.</summary>
    DigestMalformed,

    /// <summary>The entry is signed by another key than the one that may.</summary>
    KeyMismatch,

    /// <summary>The entry's time is too far before the block's.</summary>
    TimestampExpired,

    /// <summary>The entry's time is too far after the block's.</summary>
    TimestampAhead,

    /// <summary>No device of this id is on record.</summary>
    DeviceUnknown,

    /// <summary>The device is registered already.</summary>
    DeviceExists,

    /// <summary>The device's reputation fell below the bound.</summary>
    DeviceBlocked,

    /// <summary>The network holds as many devices as its parameters allow.</summary>
    DeviceCapacity,

    /// <summary>The network no longer serves Phase-1 devices.</summary>
    V1Disabled,

    /// <summary>The Phase-1 identity goes on under a v2 one.</summary>
    V1Superseded,

    /// <summary>A registration claims a Phase-1 identity whose key it does not have.</summary>
    V1KeyMismatch,

    /// <summary>A heartbeat with this or a later time was counted.</summary>
    HeartbeatStale,

    /// <summary>The last heartbeat was counted a moment ago.</summary>
    HeartbeatTooSoon,

    /// <summary>The signing key is no requester account.</summary>
    RequesterUnknown,

    /// <summary>The task kind is not one that nodes can recompute.</summary>
    TaskKindUnknown,

    /// <summary>Units, steps, segment or score are outside the network's bounds.</summary>
    TaskShapeInvalid,

    /// <summary>The deadline is over or too far away.</summary>
    TaskDeadlineInvalid,

    /// <summary>The same post is on record.</summary>
    TaskDuplicate,

    /// <summary>As many tasks are open as the parameters allow.</summary>
    TaskCapacity,

    /// <summary>More units were asked for than one lease can hold.</summary>
    LeaseCountInvalid,

    /// <summary>The device holds a lease with unproven units.</summary>
    LeaseUnfinished,

    /// <summary>A lease request with this or a later time was seen.</summary>
    LeaseRequestStale,

    /// <summary>Too few heartbeats were counted in the window.</summary>
    HeartbeatsMissing,

    /// <summary>The energy score is below the network's gate.</summary>
    ScoreBelowGate,

    /// <summary>No open task fits the device.</summary>
    NoTaskAvailable,

    /// <summary>The device does not hold the lease or task that the proof names.</summary>
    LeaseUnknown,

    /// <summary>The lease ran out or was withdrawn.</summary>
    LeaseExpired,

    /// <summary>The unit is outside the leased range.</summary>
    UnitNotLeased,

    /// <summary>The task id is not that of the named unit.</summary>
    TaskIdMismatch,

    /// <summary>The checkpoint does not recompute.</summary>
    CheckpointMismatch,

    /// <summary>A proof of this unit was counted or is held.</summary>
    ProofDuplicate,

    /// <summary>Nodes computed another output or trace.</summary>
    OutputWrong,

    /// <summary>The proof is held until a second one confirms the device's key.</summary>
    ProbationPending,

    /// <summary>Two proofs leave both candidate keys.</summary>
    KeyAmbiguous,

    /// <summary>The signing or forwarding node is not in the committee.</summary>
    NotAMember,

    /// <summary>The message belongs to a key generation that is not running.</summary>
    DkgSessionWrong,

    /// <summary>The member has sent its message of this kind, or its allowance of them.</summary>
    DkgDuplicate,

    /// <summary>The group key is active.</summary>
    DkgFinished,

    /// <summary>An anchor of that height on that chain is on record.</summary>
    AnchorDuplicate,

    /// <summary>The anchored height is not below this block's.</summary>
    AnchorAhead,

    /// <summary>The evidence does not prove equivocation of a member.</summary>
    EvidenceInvalid,

    /// <summary>The offender's conviction is on record for that epoch.</summary>
    EvidenceDuplicate,

    /// <summary>The evidence is of a view too far behind the block's.</summary>
    EvidenceExpired,
}
