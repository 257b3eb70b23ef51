using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// Phase-1 proofs. The key is never sent: the first proof leaves two candidates and is held, a second one leaves the key, and both are counted. The key is
/// then trusted on first use, so a stranger who names another's id first is that device until the hold runs out: Phase 1 offers no more.
/// </summary>
internal static class ProofV1Rules
{
    public static RefusalCode Apply(BlockDraft draft, Hash256 entryId, TaskProofV1 proof)
    {
        if (!draft.Parameters.ServesV1)
        {
            return RefusalCode.V1Disabled;
        }

        if (draft.Device(proof.Device) is not { } device)
        {
            return RefusalCode.DeviceUnknown;
        }

        if (device.Standing == DeviceStanding.Superseded)
        {
            return RefusalCode.V1Superseded;
        }

        if (TimeRules.Check(draft, proof.Timestamp) is var time and not RefusalCode.None)
        {
            return time;
        }

        if (device.Lease is not { } lease || TaskUnit.Id(lease.PostId, lease.First) != proof.TaskId)
        {
            return device.Held is { } held && TaskUnit.Id(held.PostId, held.Unit) == proof.TaskId
                ? RefusalCode.ProofDuplicate
                : RefusalCode.LeaseUnknown;
        }

        if (lease.Proven[0])
        {
            return RefusalCode.ProofDuplicate;
        }

        if (!device.HasOpenLease(draft.Now))
        {
            return RefusalCode.LeaseExpired;
        }

        return Judge(draft, entryId, proof, device, lease);
    }

    private static RefusalCode Judge(BlockDraft draft, Hash256 entryId, TaskProofV1 proof, DeviceRecord device, Lease lease)
    {
        byte[] text = proof.SignedText();
        RecoveredKeys? candidates = null;
        if (device.Key is { } key)
        {
            if (!draft.Ports.Signatures.Verify(SignatureAlgorithm.Es256Der, key, text, proof.Signature))
            {
                return RefusalCode.SignatureInvalid;
            }
        }
        else
        {
            RefusalCode refusal = Recover(draft, device, text, proof.Signature, out candidates);
            if (refusal != RefusalCode.None)
            {
                return refusal;
            }
        }

        TaskRecord? task = draft.Task(lease.PostId);
        Invariant.Check(task is not null);
        if (!SpotCheck.Passes(draft, task, proof.TaskId, lease.First, proof.OutputDigest, null))
        {
            SpotCheck.Punish(draft, device);
            return RefusalCode.OutputWrong;
        }

        lease.Proven.Set(0);
        device.LastHeard = draft.Now;
        draft.Change(device);
        if (candidates is null)
        {
            ProofRules.Count(draft, device, task);
            return RefusalCode.None;
        }

        if (device.Held is { } held)
        {
            Trust(draft, device, held, candidates);
            ProofRules.Count(draft, device, task);
            return RefusalCode.None;
        }

        Timestamp until = draft.Now.Plus(draft.Parameters.ProbationHoldMs);
        device.Held = new HeldProof(entryId, lease.PostId, lease.First, until, candidates);
        return RefusalCode.ProbationPending;
    }

    /// <summary>The candidates of this proof, when it alone or together with the held one leads to a key.</summary>
    private static RefusalCode Recover(
        BlockDraft draft, DeviceRecord device, byte[] text, byte[] signature, out RecoveredKeys? candidates)
    {
        if (!draft.Ports.KeyRecovery.TryRecover(text, signature, out candidates))
        {
            return RefusalCode.SignatureInvalid;
        }

        if (device.Held is not { } held)
        {
            return RefusalCode.None;
        }

        return (held.Keys.Contains(candidates.First), held.Keys.Contains(candidates.Second)) switch
        {
            (false, false) => RefusalCode.KeyMismatch,
            (true, true) => RefusalCode.KeyAmbiguous,
            _ => RefusalCode.None,
        };
    }

    private static void Trust(BlockDraft draft, DeviceRecord device, HeldProof held, RecoveredKeys candidates)
    {
        device.Key = held.Keys.Contains(candidates.First) ? candidates.First : candidates.Second;
        device.Held = null;
        draft.Counters.UnprovenV1Devices--;
        draft.Counters.Devices++;
        draft.Settled.Add(new HeldSettlement(held.EntryId, Counted: true));
        ProofRules.Count(draft, device, draft.Task(held.PostId));
    }
}
