using Aeamc.P2P.Cryptography.Evm;

namespace Aeamc.P2P.Anchoring.Evm;

/// <summary>What to offer for gas, and how to raise an offer.</summary>
internal static class FeePolicy
{
    /// <summary>One gwei in wei.</summary>
    public const ulong Gwei = 1_000_000_000;

    /// <summary>
    /// Fees for the next blocks: EIP-1559 where blocks have a base fee, with room for it to double, which takes six full blocks; else the gas price.
    /// </summary>
    public static async Task<EvmFees> SuggestAsync(EvmRpc rpc, EvmBlock latest, CancellationToken cancellation)
    {
        if (latest.BaseFeePerGas is not { } baseFee)
        {
            return EvmFees.Legacy(await rpc.GasPriceAsync(cancellation).ConfigureAwait(false));
        }

        UInt128 tip;
        try
        {
            tip = await rpc.PriorityFeeAsync(cancellation).ConfigureAwait(false);
        }
        catch (EvmRpcException)
        {
            // An optional method; one gwei is what most chains take.
            tip = Gwei;
        }

        return EvmFees.Dynamic(2 * baseFee + tip, tip);
    }

    /// <summary>Lowers an offer to the cap. Null when even the base fee is above it.</summary>
    public static EvmFees? Cap(EvmFees fees, UInt128? baseFee, UInt128 cap)
    {
        if (baseFee > cap || (fees.IsLegacy && fees.MaxFeePerGas > cap))
        {
            return null;
        }

        UInt128 most = UInt128.Min(fees.MaxFeePerGas, cap);
        return fees with { MaxFeePerGas = most, MaxPriorityFeePerGas = UInt128.Min(fees.MaxPriorityFeePerGas, most) };
    }

    /// <summary>
    /// The least offer that pools accept in place of <paramref name="earlier"/>, ten percent more of both (geth's rule), and not below
    /// <paramref name="suggested"/>. Null when it is above the cap.
    /// </summary>
    public static EvmFees? Replace(EvmFees earlier, EvmFees suggested, UInt128 cap)
    {
        UInt128 least = Raised(earlier.MaxFeePerGas);
        if (least > cap)
        {
            return null;
        }

        UInt128 most = UInt128.Min(UInt128.Max(least, suggested.MaxFeePerGas), cap);
        UInt128 tip = UInt128.Min(UInt128.Max(Raised(earlier.MaxPriorityFeePerGas), suggested.MaxPriorityFeePerGas), most);
        return earlier with { MaxFeePerGas = most, MaxPriorityFeePerGas = tip };
    }

    /// <summary>A quarter more than estimated: a cold head costs more than the one the estimate saw.</summary>
    public static ulong WithMargin(ulong gas) => checked(gas + gas / 4);

    private static UInt128 Raised(UInt128 fee) => fee + (fee + 9) / 10;
}
