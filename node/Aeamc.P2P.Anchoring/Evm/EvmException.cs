namespace Aeamc.P2P.Anchoring.Evm;

/// <summary>A chain did not do what was asked. The relayer answers each of these by trying again later.</summary>
public class EvmException : Exception
{
    public EvmException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
