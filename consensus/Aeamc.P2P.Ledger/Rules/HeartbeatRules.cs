using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>Proofs of Availability and what they say about a device's energy.</summary>
internal static class HeartbeatRules
{
    public static RefusalCode Apply(BlockDraft draft, Heartbeat heartbeat, PublicKey signer)
    {
        if (draft.Device(heartbeat.Device) is not { } device)
        {
            return RefusalCode.DeviceUnknown;
        }

        if (device.Key != signer)
        {
            return RefusalCode.KeyMismatch;
        }

        if (TimeRules.Check(draft, heartbeat.Timestamp) is var time and not RefusalCode.None)
        {
            return time;
        }

        // Strictly later than the last one, so none can be sent again to count twice.
        if (heartbeat.Timestamp <= device.HeartbeatClock)
        {
            return RefusalCode.HeartbeatStale;
        }

        if (TooSoon(draft, device))
        {
            return RefusalCode.HeartbeatTooSoon;
        }

        device.HeartbeatClock = heartbeat.Timestamp;
        Count(draft, device, heartbeat.Telemetry);
        return RefusalCode.None;
    }

    public static RefusalCode Apply(BlockDraft draft, HeartbeatV1 heartbeat)
    {
        if (!draft.Parameters.ServesV1)
        {
            return RefusalCode.V1Disabled;
        }

        if (TimeRules.Check(draft, heartbeat.Received) is var time and not RefusalCode.None)
        {
            return time;
        }

        if (draft.Device(heartbeat.Device) is not { } device)
        {
            if (draft.Counters.UnprovenV1Devices >= draft.Parameters.MaxUnprovenV1Devices || draft.Counters.Devices >= draft.Parameters.MaxDevices)
            {
                return RefusalCode.DeviceCapacity;
            }

            device = new DeviceRecord(heartbeat.Device, draft.Now) { Reputation = draft.Parameters.ReputationStart };
            draft.Add(device);
            draft.Counters.UnprovenV1Devices++;
        }
        else if (device.Standing == DeviceStanding.Superseded)
        {
            return RefusalCode.V1Superseded;
        }
        else if (TooSoon(draft, device))
        {
            return RefusalCode.HeartbeatTooSoon;
        }

        // The receiving nodes' clocks differ, so the device's own time is not kept; the interval bounds repetition.
        Count(draft, device, heartbeat.Telemetry);
        return RefusalCode.None;
    }

    private static bool TooSoon(BlockDraft draft, DeviceRecord device) =>
        device.Heartbeats.Count > 0 && draft.Now.Since(new Timestamp(device.Heartbeats[^1])) < draft.Parameters.HeartbeatMinIntervalMs;

    private static void Count(BlockDraft draft, DeviceRecord device, Telemetry telemetry)
    {
        device.Score = EnergyScore.Of(telemetry);
        device.AddHeartbeat(draft.Now);
        device.LastHeard = draft.Now;
        draft.Counters.HeartbeatsCounted++;
        draft.Change(device);
    }
}
