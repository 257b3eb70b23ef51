namespace Aeamc.P2P.Ledger;

/// <summary>Registration of v2 devices (devices.md, Identity).</summary>
internal static class RegistrationRules
{
    public static RefusalCode Apply(BlockDraft draft, DeviceRegistration registration, PublicKey signer)
    {
        Inception inception = registration.Inception;
        if (signer != inception.SigningKey)
        {
            return RefusalCode.KeyMismatch;
        }

        if (TimeRules.Check(draft, registration.Timestamp) is var time and not RefusalCode.None)
        {
            return time;
        }

        DeviceId id = registration.Device;
        if (draft.Device(id) is not null)
        {
            return RefusalCode.DeviceExists;
        }

        DeviceRecord? predecessor = null;
        if (inception.V1Id is { } v1)
        {
            predecessor = draft.Device(v1);
            if (predecessor is not { Standing: DeviceStanding.Trusted } || predecessor.Key != inception.SigningKey)
            {
                return RefusalCode.V1KeyMismatch;
            }
        }
        else if (draft.Counters.Devices >= draft.Parameters.MaxDevices)
        {
            return RefusalCode.DeviceCapacity;
        }

        var device = new DeviceRecord(id, draft.Now)
        {
            Key = inception.SigningKey,
            RecoveryKey = inception.RecoveryKey,
            Capabilities = inception.Capabilities,
            Reputation = draft.Parameters.ReputationStart,
        };
        if (predecessor is not null)
        {
            TakeOver(draft, device, predecessor);
        }
        else
        {
            draft.Counters.Devices++;
        }

        draft.Add(device);
        return RefusalCode.None;
    }

    /// <summary>The history goes on under the new identity, good or bad; the old one is served no longer.</summary>
    private static void TakeOver(BlockDraft draft, DeviceRecord device, DeviceRecord predecessor)
    {
        if (predecessor.Lease is { IsOpen: true })
        {
            ExpiryRules.EndLease(draft, predecessor);
        }

        device.Linked = predecessor.Id;
        device.Reputation = predecessor.Reputation;
        device.Succeeded = predecessor.Succeeded;
        device.Failed = predecessor.Failed;
        device.BlockedUntil = predecessor.BlockedUntil;
        predecessor.Linked = device.Id;
        draft.Change(predecessor);
    }
}
