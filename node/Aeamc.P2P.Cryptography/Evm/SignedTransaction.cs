namespace Aeamc.P2P.Cryptography.Evm;

/// <summary>A transaction ready to be sent.</summary>
/// <param name="Raw">The bytes for <c>eth_sendRawTransaction</c>.</param>
/// <param name="Hash">Keccak-256 of them: the transaction's id.</param>
public sealed record SignedTransaction(ReadOnlyMemory<byte> Raw, ReadOnlyMemory<byte> Hash)
{
    /// <summary>The id as JSON-RPC writes it: 0x and 64 lowercase digits.</summary>
    public string Id => "0x" + Convert.ToHexStringLower(Hash.Span);
}
