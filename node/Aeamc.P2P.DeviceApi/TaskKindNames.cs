using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.DeviceApi;

/// <summary>What task kinds are called in replies.</summary>
internal static class TaskKindNames
{
    public static string Name(this TaskKind kind) => kind switch
    {
        TaskKind.HashChain => "hash-chain",
        _ => "unknown",
    };
}
