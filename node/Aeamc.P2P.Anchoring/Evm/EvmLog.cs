namespace Aeamc.P2P.Anchoring.Evm;

/// <summary>An event of a contract.</summary>
/// <param name="Topics">32 bytes each: the event's signature hash, then its indexed fields.</param>
/// <param name="Data">The other fields, ABI-encoded.</param>
/// <param name="Transaction">0x and 64 digits.</param>
public sealed record EvmLog(IReadOnlyList<byte[]> Topics, byte[] Data, ulong BlockNumber, string Transaction);
