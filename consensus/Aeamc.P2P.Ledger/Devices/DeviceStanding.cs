namespace Aeamc.P2P.Ledger;

/// <summary>How well the network knows a device.</summary>
public enum DeviceStanding : byte
{
    /// <summary>Phase 1, heard of by telemetry; no key is known.</summary>
    Unproven,

    /// <summary>Phase 1, one proof is held and two keys are possible.</summary>
    Probation,

    /// <summary>Phase 1, its key was recovered from two proofs and is trusted since.</summary>
    Trusted,

    /// <summary>Phase 1, its history goes on under a v2 identity.</summary>
    Superseded,

    /// <summary>Registered by v2.</summary>
    Registered,
}
