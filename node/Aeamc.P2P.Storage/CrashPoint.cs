using System.Globalization;
using Aeamc.P2P.Native.Posix;

namespace Aeamc.P2P.Storage;

/// <summary>
/// Named places between two steps of writing, where a test kills this process as <c>kill -9</c> would. Armed by the environment variable
/// <see cref="Variable"/> alone, <c>name</c> or <c>name:n</c> for the n-th passing; without it a place costs one comparison with null.
/// </summary>
public static class CrashPoint
{
    /// <summary>The environment variable that arms one place.</summary>
    public const string Variable = "AEAMC_CRASH_AT";

    /// <summary>The log's frame is about to be written.</summary>
    public const string LogWrite = "wal.write";

    /// <summary>Half of the log's frame is written.</summary>
    public const string LogTorn = "wal.torn";

    /// <summary>The frame is written and not synced.</summary>
    public const string LogSync = "wal.sync";

    /// <summary>The frame is synced; the watermark is not written yet.</summary>
    public const string LogSynced = "wal.synced";

    /// <summary>The segment is full and the next one is not made yet.</summary>
    public const string LogRoll = "wal.roll";

    /// <summary>The next segment is written beside its place and not moved into it.</summary>
    public const string LogSegment = "wal.segment";

    /// <summary>The next segment is in its place and still empty.</summary>
    public const string LogRolled = "wal.rolled";

    /// <summary>One old segment is deleted; others may have to be.</summary>
    public const string LogPrune = "wal.prune";

    /// <summary>The watermark's slot is about to be written.</summary>
    public const string WatermarkWrite = "watermark.write";

    /// <summary>Half of the watermark's slot is written.</summary>
    public const string WatermarkTorn = "watermark.torn";

    /// <summary>The slot is written and not synced.</summary>
    public const string WatermarkSync = "watermark.sync";

    /// <summary>The watermark is synced; the vote is not signed yet.</summary>
    public const string WatermarkSynced = "watermark.synced";

    /// <summary>A turn's log and watermark are on the disk; nothing of the turn has left.</summary>
    public const string TurnSynced = "turn.synced";

    /// <summary>A vote has been handed to the network, in the middle of a turn.</summary>
    public const string VoteSent = "vote.sent";

    /// <summary>A block's batch of writes is about to be made.</summary>
    public const string StoreCommit = "store.commit";

    /// <summary>A block is written and not synced.</summary>
    public const string StoreCommitted = "store.committed";

    /// <summary>A batch or a proposal's content is about to be kept.</summary>
    public const string StoreBatch = "store.batch";

    /// <summary>Buffered writes are about to be synced.</summary>
    public const string StoreSync = "store.sync";

    /// <summary>Buffered writes are synced; nobody has been told.</summary>
    public const string StoreSynced = "store.synced";

    /// <summary>A group of entries is about to be written.</summary>
    public const string MempoolWrite = "mempool.write";

    /// <summary>A group of entries is on the disk and not acknowledged.</summary>
    public const string MempoolWritten = "mempool.written";

    private static readonly Armed? Where = Read();

    /// <summary>All places.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        LogWrite, LogTorn, LogSync, LogSynced, LogRoll, LogSegment, LogRolled, LogPrune, WatermarkWrite, WatermarkTorn, WatermarkSync, WatermarkSynced,
        TurnSynced, VoteSent, StoreCommit, StoreCommitted, StoreBatch, StoreSync, StoreSynced, MempoolWrite, MempoolWritten,
    ];

    /// <summary>What is armed in this process; null for nothing.</summary>
    /// <exception cref="StorageException">The variable names no place.</exception>
    public static string? Announce() =>
        Where is not { } armed ? null
        : armed.Passings > 0 && All.Contains(armed.Name) ? string.Create(CultureInfo.InvariantCulture, $"{armed.Name}:{armed.Passings}")
        : throw new StorageException($"{Variable}: '{Environment.GetEnvironmentVariable(Variable)}' is no place to crash at. It is for tests only: unset it, or write one of {string.Join(", ", All)}, with :n for the n-th passing.");

    /// <summary>Ends the process here when this place is armed and due.</summary>
    public static void Reach(string name)
    {
        if (Strikes(name))
        {
            PosixProcess.KillSelf();
        }
    }

    /// <summary>Whether this passing is the one; the caller does half of its work and calls <see cref="PosixProcess.KillSelf"/>.</summary>
    internal static bool Strikes(string name) => Where is { } armed && armed.Name == name && Interlocked.Decrement(ref armed.Left) == 0;

    private static Armed? Read()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } text)
        {
            return null;
        }

        string[] parts = text.Split(':');
        int passings = parts.Length == 1 ? 1 : int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && parts.Length == 2 ? number : 0;
        return new Armed(parts[0], passings);
    }

    private sealed class Armed(string name, int passings)
    {
        internal readonly string Name = name;
        internal readonly int Passings = passings;
        internal int Left = passings;
    }
}
