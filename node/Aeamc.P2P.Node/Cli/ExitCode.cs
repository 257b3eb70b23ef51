namespace Aeamc.P2P.Node.Cli;

/// <summary>What `aeamc` tells the shell.</summary>
public static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>The thing looked at is not right: a proof that does not verify, a node that is not reachable.</summary>
    public const int Failure = 1;

    /// <summary>The operator must mend something first: arguments, configuration, permissions, a missing library.</summary>
    public const int OperatorError = 2;

    /// <summary>An invariant broke: a bug of ours. The node stopped rather than go on.</summary>
    public const int InternalError = 70;
}
