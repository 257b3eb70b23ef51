using Aeamc.P2P.Cryptography.Evm;

namespace Aeamc.P2P.Anchoring.Evm;

/// <summary>What became of a transaction that is in a block.</summary>
public sealed record EvmReceipt(bool Success, ulong BlockNumber, ulong GasUsed, EvmAddress From, EvmAddress? ContractAddress);
