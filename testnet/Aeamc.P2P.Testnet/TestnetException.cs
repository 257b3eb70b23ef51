namespace Aeamc.P2P.Testnet;

/// <summary>The network could not be made, started or looked at. The message says what and how to mend it, and is printed alone.</summary>
public sealed class TestnetException(string message, Exception? cause = null) : Exception(message, cause);
