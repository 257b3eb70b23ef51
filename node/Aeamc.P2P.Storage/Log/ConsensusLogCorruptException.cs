namespace Aeamc.P2P.Storage.Log;

/// <summary>
/// The log is damaged where no crash of ours can have damaged it: before records that were synced later. Starting anyway could forget a vote,
/// so the node does not start until an operator has decided.
/// </summary>
public sealed class ConsensusLogCorruptException(string file, long offset, string reason)
    : StorageException(
        $"The consensus log is damaged: {file}, byte {offset}: {reason}. The node does not start on a log with a hole, because it could vote twice. "
        + "Look with 'aeamc wal inspect'; 'aeamc wal repair' cuts the log there and sets the rest aside (the signer watermark still forbids older votes).")
{
    /// <summary>The damaged segment file.</summary>
    public string File { get; } = file;

    /// <summary>Where in the file, in bytes.</summary>
    public long Offset { get; } = offset;
}
