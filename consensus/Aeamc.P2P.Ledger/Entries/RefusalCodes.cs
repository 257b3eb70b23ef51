namespace Aeamc.P2P.Ledger;

/// <summary>What a refusal is called, and what to do about it.</summary>
public static class RefusalCodes
{
    /// <summary>The stable snake_case code that devices and logs see.</summary>
    public static string Code(this RefusalCode code) => Describe(code).Code;

    /// <summary>One sentence that says what happened and what to do.</summary>
    public static string Explain(this RefusalCode code) => Describe(code).Sentence;

    private static (string Code, string Sentence) Describe(RefusalCode code) => code switch
    {
        RefusalCode.None => ("none", "Accepted."),
        RefusalCode.MalformedEntry => ("malformed_entry", "The entry cannot be read; encode it as documented for its kind and send it again."),
        RefusalCode.SignatureInvalid => (
            "signature_invalid",
            "The signature does not verify; sign the exact payload bytes with the device's current key for this network."),
        RefusalCode.SignatureMalformed => (
            "signature_malformed",
            "The signature is not strict DER; send the ECDSA P-256 signature as DER in standard base64."),
        RefusalCode.TaskIdMalformed => ("task_id_malformed", "The task id must be the 64 lower-case hexadecimal digits that the node gave out."),
        RefusalCode.DeviceIdMalformed => ("device_id_malformed", "The device id must be 16 lower-case hexadecimal digits."),
        RefusalCode.TimestampMalformed => ("timestamp_malformed", "The timestamp must be Unix time in milliseconds, 13 digits."),
        RefusalCode.DigestMalformed => ("digest_malformed", "The output digest must be 64 lower-case hexadecimal digits."),
        RefusalCode.KeyMismatch => ("key_mismatch", "Another key signed this than the one on record; sign with the device's current key."),
        RefusalCode.TimestampExpired => ("timestamp_expired", "The entry is too old; set the device's clock, make a new one and send it at once."),
        RefusalCode.TimestampAhead => ("timestamp_ahead", "The entry's time lies in the future; set the device's clock and send a new one."),
        RefusalCode.DeviceUnknown => ("device_unknown", "The device is not known; register it, or for Phase 1 send telemetry first."),
        RefusalCode.DeviceExists => ("device_exists", "This identity is registered already; go on with heartbeats and lease requests."),
        RefusalCode.DeviceBlocked => (
            "device_blocked",
            "The device is blocked for its reputation; wait until the block time on its record has passed."),
        RefusalCode.DeviceCapacity => ("device_capacity", "The network holds its maximum of devices; try again later or at another cluster."),
        RefusalCode.V1Disabled => ("v1_disabled", "Phase-1 calls are switched off on this network; register the device by v2."),
        RefusalCode.V1Superseded => ("v1_superseded", "This Phase-1 identity was taken over by a v2 registration; use the v2 identity."),
        RefusalCode.V1KeyMismatch => (
            "v1_key_mismatch",
            "The Phase-1 identity is unknown, still on probation, or has another key; register with the same key, or without naming it."),
        RefusalCode.HeartbeatStale => ("heartbeat_stale", "A later heartbeat was counted already; send a new one with the current time."),
        RefusalCode.HeartbeatTooSoon => ("heartbeat_too_soon", "The last heartbeat was counted a moment ago; keep to the heartbeat interval."),
        RefusalCode.RequesterUnknown => (
            "requester_unknown",
            "The signing key is not a requester account of this network; use an account listed in its genesis."),
        RefusalCode.TaskKindUnknown => ("task_kind_unknown", "This task kind is not known to the network; post one of the kinds that it documents."),
        RefusalCode.TaskShapeInvalid => (
            "task_shape_invalid",
            "Units, steps, segment or minimum score are out of bounds; read the network's parameters and post again."),
        RefusalCode.TaskDeadlineInvalid => (
            "task_deadline_invalid",
            "The deadline has passed or is too far away; post with a deadline inside the allowed span."),
        RefusalCode.TaskDuplicate => ("task_duplicate", "This task was posted already; use another nonce to post an equal one."),
        RefusalCode.TaskCapacity => ("task_capacity", "Too many tasks are open; wait until some are done."),
        RefusalCode.LeaseCountInvalid => ("lease_count_invalid", "Ask for no more units than the network's largest lease."),
        RefusalCode.LeaseUnfinished => ("lease_unfinished", "The device has units left to prove; prove them or wait until the lease expires."),
        RefusalCode.LeaseRequestStale => ("lease_request_stale", "A later lease request was seen already; send a new one with the current time."),
        RefusalCode.HeartbeatsMissing => ("heartbeats_missing", "Too few heartbeats lately; send heartbeats at the interval and ask again."),
        RefusalCode.ScoreBelowGate => (
            "score_below_gate",
            "The energy score is below the gate; charge or cool the device, send a heartbeat and ask again."),
        RefusalCode.NoTaskAvailable => ("no_task_available", "No open task fits this device now; ask again later."),
        RefusalCode.LeaseUnknown => ("lease_unknown", "This device was not given that task; ask for a lease and prove its units."),
        RefusalCode.LeaseExpired => ("lease_expired", "The lease has ended and its units went back; ask for a new one."),
        RefusalCode.UnitNotLeased => ("unit_not_leased", "The unit is outside the leased range; prove only units of the lease."),
        RefusalCode.TaskIdMismatch => ("task_id_mismatch", "The task id does not belong to this unit; compute it from post id and unit index."),
        RefusalCode.CheckpointMismatch => (
            "checkpoint_mismatch",
            "The checkpoint is not the hash of task id, device nonce and trace root; compute it again."),
        RefusalCode.ProofDuplicate => ("proof_duplicate", "This unit was proven already; each counts once."),
        RefusalCode.OutputWrong => (
            "output_wrong",
            "Nodes recomputed this unit and found another result; the lease is withdrawn and reputation falls. Check the device's implementation."),
        RefusalCode.ProbationPending => (
            "probation_pending",
            "Held: the device's key becomes known with its next proof, and both are counted then. Ask for another task."),
        RefusalCode.KeyAmbiguous => ("key_ambiguous", "The key cannot be told from these two proofs; prove another task."),
        RefusalCode.NotAMember => ("not_a_member", "Only committee members may do this; use a node that is a member."),
        RefusalCode.DkgSessionWrong => (
            "dkg_session_wrong",
            "The key generation named here is not running; read the current session and take part in it."),
        RefusalCode.DkgDuplicate => ("dkg_duplicate", "This member's message of that kind is on record for the session already."),
        RefusalCode.DkgFinished => ("dkg_finished", "The group key is active; there is nothing to add."),
        RefusalCode.AnchorDuplicate => ("anchor_duplicate", "This height's anchor on that chain is on record already."),
        RefusalCode.AnchorAhead => ("anchor_ahead", "The anchored height is not finalized yet; report it when it is."),
        RefusalCode.EvidenceInvalid => ("evidence_invalid", "The evidence does not prove that a member contradicted itself."),
        RefusalCode.EvidenceDuplicate => ("evidence_duplicate", "This member's equivocation in that epoch is on record already."),
        RefusalCode.EvidenceExpired => ("evidence_expired", "The evidence is of a view too long ago; report equivocation when it is seen."),
        _ => throw new ArgumentOutOfRangeException(nameof(code)),
    };
}
