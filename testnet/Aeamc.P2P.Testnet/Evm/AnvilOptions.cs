namespace Aeamc.P2P.Testnet.Evm;

/// <summary>How the development chain behaves.</summary>
/// <param name="ChainId">Its id.</param>
/// <param name="Hardfork">The rules, such as "berlin" for a chain without base fees; null for the newest.</param>
/// <param name="BlockSeconds">Seconds between blocks; null: a block for each transaction, at once.</param>
public sealed record AnvilOptions(ulong ChainId = 31337, string? Hardfork = null, int? BlockSeconds = null);
