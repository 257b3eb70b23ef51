namespace Aeamc.P2P.Cryptography.Evm;

/// <summary>What a transaction offers for a unit of gas, in wei.</summary>
/// <param name="MaxFeePerGas">The most it pays in all; on a legacy chain the gas price.</param>
/// <param name="MaxPriorityFeePerGas">The most of it that goes to the block's maker; on a legacy chain 0.</param>
/// <param name="IsLegacy">Whether the chain has no base fee, and so no EIP-1559.</param>
public readonly record struct EvmFees(UInt128 MaxFeePerGas, UInt128 MaxPriorityFeePerGas, bool IsLegacy)
{
    public static EvmFees Legacy(UInt128 gasPrice) => new(gasPrice, 0, IsLegacy: true);

    public static EvmFees Dynamic(UInt128 maxFee, UInt128 tip) => new(maxFee, tip, IsLegacy: false);
}
