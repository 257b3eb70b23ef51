namespace Aeamc.P2P.Testnet.Processes;

/// <summary>How a child ended after it was asked to.</summary>
/// <param name="ExitCode">Its exit code; 128 + the signal's number when a signal ended it.</param>
/// <param name="Forced">Whether it had to be killed because it did not stop in time.</param>
public readonly record struct StopOutcome(int ExitCode, bool Forced)
{
    /// <summary>Stopped by itself and content.</summary>
    public bool Clean => ExitCode == 0 && !Forced;
}
