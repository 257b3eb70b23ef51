using System.Globalization;
using System.Runtime.CompilerServices;
using Aeamc.P2P.Native.RocksDb;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Log;
using Aeamc.P2P.Storage.Signer;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Storage.Tests.Crash;

/// <summary>
/// What this test program does instead of testing when it is started as a victim: write for ever, and print a number as soon as that number is
/// acknowledged, until somebody kills it.
/// </summary>
internal static class CrashWriter
{
    internal const string ModeVariable = "AEAMC_CRASH_MODE";
    internal const string FolderVariable = "AEAMC_CRASH_FOLDER";

    [ModuleInitializer]
    internal static void RunInsteadOfTests()
    {
        if (Environment.GetEnvironmentVariable(ModeVariable) is { } mode)
        {
            Write(mode, Environment.GetEnvironmentVariable(FolderVariable)!);
        }
    }

    internal static Hash256 HashOf(ulong number) => Hash256.Of(BitConverter.GetBytes(number));

    /// <summary>Of a block's batch: not the block's own hash, under which a commit drops the proposal's content.</summary>
    internal static Hash256 BatchHashOf(ulong height) => HashOf(~height);

    internal static BlockCommit Block(ulong height) => new()
    {
        Height = new Height(height),
        Hash = HashOf(height),
        Header = new byte[300],
        Payload = BitConverter.GetBytes(height),
        State = [new("height"u8.ToArray(), BitConverter.GetBytes(height)), new(HashOf(height).ToArray(), new byte[200])],
        Receipts = [new(HashOf(height), 0, 0)],
    };

    private static void Write(string mode, string folder)
    {
        switch (mode)
        {
            case "log":
                WriteLog(folder);
                break;
            case "watermark":
                WriteWatermark(folder);
                break;
            case "store":
                WriteBlocks(folder, buffered: false);
                break;
            case "node":
                WriteBlocks(folder, buffered: true);
                break;
            default:
                WriteWaiting(folder);
                break;
        }
    }

    private static void WriteLog(string folder)
    {
        using ConsensusLog log = ConsensusLog.Open(folder, new ConsensusLogOptions { SegmentBytes = 64 << 10 });
        while (true)
        {
            ulong number = log.Append(1, log.NextSequence, new byte[(int)(log.NextSequence % 3000)]);
            log.Append(2, log.NextSequence, BitConverter.GetBytes(number));
            log.Sync();
            log.Prune(number > 500 ? number - 500 : 0);
            Acknowledge(number);
        }
    }

    private static void WriteWatermark(string folder)
    {
        using SignerWatermark watermark = SignerWatermark.Open(Path.Combine(folder, "signer"));
        while (true)
        {
            ulong view = (watermark.Highest?.View.Value ?? 0) + 1;
            watermark.TryRaise(new SignerMark(Epoch.Zero, new View(view), 1, HashOf(view)));
            Acknowledge(view);
        }
    }

    private static void WriteBlocks(string folder, bool buffered)
    {
        using NodeStore store = NodeStore.Open(folder);
        while (true)
        {
            ulong height = store.Head?.Height.Next.Value ?? 0;
            if (buffered)
            {
                store.PutBatch(new StoredBatch(BatchHashOf(height), BitConverter.GetBytes(height)));
                store.CommitBlock(Block(height), WriteDurability.Buffered);
                store.Sync();
            }
            else
            {
                store.CommitBlock(Block(height));
            }

            Acknowledge(height);
        }
    }

    private static void WriteWaiting(string folder)
    {
        using NodeStore store = NodeStore.Open(folder);
        MempoolWriter writer = new(store);
        ulong next = (ulong)store.ReadWaiting().Count;
        while (true)
        {
            ulong[] numbers = [.. Enumerable.Range(0, 50).Select(_ => next++)];
            Task.WhenAll(numbers.Select(number => writer.AcceptAsync(HashOf(number), BitConverter.GetBytes(number)))).GetAwaiter().GetResult();
            Acknowledge(numbers[^1]);
        }
    }

    private static void Acknowledge(ulong number)
    {
        Console.Out.WriteLine(number.ToString(CultureInfo.InvariantCulture));
        Console.Out.Flush();
    }
}
