namespace Aeamc.P2P.Anchoring.Evm;

/// <summary>A block's number and, on a chain with EIP-1559, its base fee in wei.</summary>
public readonly record struct EvmBlock(ulong Number, UInt128? BaseFeePerGas);
