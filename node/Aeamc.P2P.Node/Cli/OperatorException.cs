namespace Aeamc.P2P.Node.Cli;

/// <summary>Something that the operator can mend. The message says what and how, and is printed alone, without a stack trace.</summary>
public sealed class OperatorException(string message) : Exception(message);
