namespace Aeamc.P2P.Anchoring.Evm;

/// <summary>An endpoint answered with a JSON-RPC error.</summary>
public sealed class EvmRpcException : EvmException
{
    public EvmRpcException(string method, long code, string message, byte[] data)
        : base($"{method}: {message} (code {code})")
    {
        Code = code;
        Reason = message;
        RevertData = data;
    }

    /// <summary>JSON-RPC's number; 3 is a revert on most clients.</summary>
    public long Code { get; }

    /// <summary>The endpoint's own words.</summary>
    public string Reason { get; }

    /// <summary>What a reverting contract returned: the error's selector and its fields; empty when there is none.</summary>
    public ReadOnlyMemory<byte> RevertData { get; }
}
