namespace Aeamc.P2P.Anchoring.Evm;

/// <summary>No RPC endpoint gave a usable answer.</summary>
public sealed class EvmUnavailableException : EvmException
{
    public EvmUnavailableException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
