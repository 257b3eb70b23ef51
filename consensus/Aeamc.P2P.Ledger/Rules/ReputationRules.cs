namespace Aeamc.P2P.Ledger;

/// <summary>Reputation (market.md): +(10 - reputation/100) for a counted proof, a fixed loss for a wrong one, in whole numbers.</summary>
internal static class ReputationRules
{
    private const ulong Gain = 10;
    private const ulong Slope = 100;

    public static void Succeed(DeviceRecord device)
    {
        device.Succeeded++;
        device.Reputation = Math.Min(DeviceRecord.MaxReputation, device.Reputation + Gain - device.Reputation / Slope);
    }

    public static void Fail(BlockDraft draft, DeviceRecord device)
    {
        device.Failed++;
        device.Reputation -= Math.Min(device.Reputation, draft.Parameters.ReputationPenalty);
        if (device.Reputation < draft.Parameters.BlockBelow && device.Succeeded + device.Failed >= draft.Parameters.BlockAfterTasks)
        {
            device.BlockedUntil = draft.Now.Plus(draft.Parameters.BlockDurationMs);
        }
    }
}
