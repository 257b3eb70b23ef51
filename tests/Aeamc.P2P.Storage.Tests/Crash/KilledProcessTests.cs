using System.Diagnostics;
using System.Globalization;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Log;
using Aeamc.P2P.Storage.Signer;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Storage.Tests.Crash;

/// <summary>A process killed (SIGKILL) in the middle of writing has kept everything that it acknowledged. Each victim goes on where the last one died.</summary>
public sealed class KilledProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_log_has_every_acknowledged_record()
    {
        foreach (int lines in (int[])[1, 150, 700])
        {
            ulong last = KillAfter("log", lines);
            using ConsensusLog log = ConsensusLog.Open(_folder.Path);
            List<LogRecord> records = [.. log.Replay()];
            Assert.Contains(records, record => record.Sequence == last + 1 && BitConverter.ToUInt64(record.Payload.Span) == last);
            Assert.All(records.Where(record => record.Type == 1), record => Assert.Equal((int)(record.Sequence % 3000), record.Payload.Length));
            Assert.Equal(records.Count, (int)(log.NextSequence - records[0].Sequence));
        }
    }

    [Fact]
    public void The_watermark_has_every_acknowledged_statement()
    {
        foreach (int lines in (int[])[1, 200, 500])
        {
            ulong last = KillAfter("watermark", lines);
            using SignerWatermark watermark = SignerWatermark.Open(_folder["signer"]);
            SignerMark mark = watermark.Of(1)!.Value;
            Assert.True(mark.View.Value >= last);
            Assert.Equal(CrashWriter.HashOf(mark.View.Value), mark.Hash);
        }
    }

    [Fact]
    public void The_store_has_every_acknowledged_block_whole()
    {
        foreach (int lines in (int[])[1, 100, 400])
        {
            ulong last = KillAfter("store", lines);
            using NodeStore store = NodeStore.Open(_folder.Path);
            ulong head = store.Head!.Value.Height.Value;
            Assert.True(head >= last);
            Assert.Equal(BitConverter.GetBytes(head), store.GetState("height"u8));
            for (ulong height = 0; height <= head; height++)
            {
                Assert.Equal(BitConverter.GetBytes(height), store.GetPayload(new Height(height)));
                Assert.Equal(new Height(height), store.GetReceipt(CrashWriter.HashOf(height))!.Value.Height);
                Assert.Equal(200, store.GetState(CrashWriter.HashOf(height).ToArray())!.Length);
            }

            Assert.Null(store.GetHeader(new Height(head + 1)));
        }
    }

    [Fact]
    public void The_mempool_has_every_acknowledged_entry()
    {
        ulong last = KillAfter("waiting", 100);
        using NodeStore store = NodeStore.Open(_folder.Path);
        HashSet<Hash256> waiting = [.. store.ReadWaiting().Select(entry => entry.Id)];
        for (ulong number = 0; number <= last; number++)
        {
            Assert.Contains(CrashWriter.HashOf(number), waiting);
        }
    }

    public static TheoryData<string> Points =>
    [
        .. CrashPoint.All.Where(point => point is not (CrashPoint.TurnSynced or CrashPoint.VoteSent)),
    ];

    /// <summary>Not by chance but at each place between two steps of writing; the places of a node's turn are tried with whole nodes.</summary>
    [Theory]
    [MemberData(nameof(Points))]
    public void Killed_at_a_named_place_it_has_every_acknowledged_write_and_goes_on(string point)
    {
        string mode = point.Split('.')[0] switch { "wal" => "log", "watermark" => "watermark", "store" => "node", _ => "waiting" };
        foreach (int passing in (int[])[1, 3])
        {
            ulong? last = DieAt(mode, $"{point}:{passing}");
            switch (mode)
            {
                case "log":
                    using (ConsensusLog log = ConsensusLog.Open(_folder.Path))
                    {
                        List<LogRecord> records = [.. log.Replay()];
                        Assert.True(last is null || log.NextSequence >= last + 2);
                        Assert.All(records.Where(record => record.Type == 1), record => Assert.Equal((int)(record.Sequence % 3000), record.Payload.Length));
                    }

                    break;
                case "watermark":
                    using (SignerWatermark watermark = SignerWatermark.Open(_folder["signer"]))
                    {
                        Assert.True((watermark.Highest?.View.Value ?? 0) >= (last ?? 0));
                    }

                    break;
                case "node":
                    using (NodeStore store = NodeStore.Open(_folder.Path))
                    {
                        Assert.True(last is null || store.Head!.Value.Height.Value >= last);
                        Assert.All(last is { } sure ? Enumerable.Range(0, (int)sure + 1) : [], height =>
                        {
                            Assert.True(store.HasBatch(CrashWriter.BatchHashOf((ulong)height)));
                            Assert.NotNull(store.GetBlock(new Height((ulong)height)));
                        });
                    }

                    break;
                default:
                    using (NodeStore store = NodeStore.Open(_folder.Path))
                    {
                        Assert.True(last is null || (ulong)store.ReadWaiting().Count > last);
                    }

                    break;
            }
        }
    }

    /// <summary>Runs a victim that kills itself at a place; the last number that it acknowledged before, if any.</summary>
    private ulong? DieAt(string mode, string point)
    {
        using Process victim = Start(mode, point);
        ulong? last = null;
        while (victim.StandardOutput.ReadLine() is { } line)
        {
            last = ulong.Parse(line, CultureInfo.InvariantCulture);
        }

        victim.WaitForExit();
        Assert.Equal(128 + 9, victim.ExitCode);
        return last;
    }

    private Process Start(string mode, string? point)
    {
        ProcessStartInfo start = new("dotnet", ["exec", typeof(CrashWriter).Assembly.Location]) { RedirectStandardOutput = true };
        start.Environment[CrashWriter.ModeVariable] = mode;
        start.Environment[CrashWriter.FolderVariable] = _folder.Path;
        if (point is not null)
        {
            start.Environment[CrashPoint.Variable] = point;
        }

        return Process.Start(start)!;
    }

    /// <summary>Runs a victim until it has acknowledged some writes, kills it, and returns the last number it managed to print.</summary>
    private ulong KillAfter(string mode, int lines)
    {
        using Process victim = Start(mode, point: null);
        string? last = null;
        for (int i = 0; i < lines; i++)
        {
            last = victim.StandardOutput.ReadLine();
        }

        victim.Kill();
        while (victim.StandardOutput.ReadLine() is { } line)
        {
            // The victim wrote on until the signal reached it. A line cut by the signal is shorter than the one before.
            last = line.Length >= last!.Length ? line : last;
        }

        victim.WaitForExit();
        return ulong.Parse(last!, CultureInfo.InvariantCulture);
    }
}
