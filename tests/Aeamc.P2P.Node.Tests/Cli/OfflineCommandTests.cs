using System.Text.Json.Nodes;
using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Node.Cli;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Node.Hosting;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage;
using Aeamc.P2P.Storage.Log;
using Aeamc.P2P.Storage.Signer;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Tests.Cli;

/// <summary><c>aeamc wal</c> and <c>aeamc db</c> on the files of a node that does not run.</summary>
[Collection("console")]
public sealed class OfflineCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Config => _folder["node/node.toml"];

    [Fact]
    public async Task A_whole_log_is_shown_and_needs_no_repair()
    {
        await MakeAsync();
        CommandRun inspect = await CommandRun.OfAsync("wal", "inspect", "--config", Config, "--records");
        Assert.Equal((ExitCode.Success, ""), (inspect.Code, inspect.Error));
        Assert.Contains("voted Nullify(0/2)", inspect.Output, StringComparison.Ordinal);
        Assert.Contains("watermark    Nullify in view 2", inspect.Output, StringComparison.Ordinal);
        Assert.Contains("state        whole", inspect.Output, StringComparison.Ordinal);
        CommandRun repair = await CommandRun.OfAsync("wal", "repair", "--config", Config);
        Assert.Equal(ExitCode.Success, repair.Code);
        Assert.Contains("nothing to repair", repair.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Votes_that_only_the_signers_file_holds_are_named()
    {
        await MakeAsync();
        NodeConfig config = ConfigLoader.Load(Config, new Dictionary<string, string>());
        using (SignerWatermark file = SignerWatermark.Open(NodeHost.WatermarkPath(config)))
        {
            var vote = Statement.Nullify(Epoch.Zero, new View(3));
            file.TryRaise([new SignerMark(Epoch.Zero, new View(3), (byte)VoteKind.Nullify, default)], file.Tail with { Votes = [new WalRecord.Voted(vote).Encode()] });
        }

        Assert.Equal("Nullify(0/3)", (string?)Assert.Single((await InspectAsync(ExitCode.Success))["beside_log"]!.AsArray()));
        CommandRun inspect = await CommandRun.OfAsync("wal", "inspect", "--config", Config);
        Assert.Contains("beside       Nullify(0/3)", inspect.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_torn_end_is_no_damage()
    {
        string file = await MakeAsync();
        Flip(file, FrameAt(file, 1) + 30);
        JsonNode report = await InspectAsync(ExitCode.Success);
        Assert.Equal("torn", (string?)report["state"]);
        Assert.Equal(1, (int)report["records"]!);
        Assert.Equal(ExitCode.Success, (await CommandRun.OfAsync("wal", "repair", "--config", Config)).Code);
    }

    [Fact]
    public async Task Damage_is_named_with_file_and_offset_stops_the_start_and_is_mended_by_repair()
    {
        string file = await MakeAsync();
        Flip(file, LogFormatHeader + 30);
        JsonNode report = await InspectAsync(ExitCode.Failure);
        Assert.Equal(("damaged", file, LogFormatHeader), ((string?)report["state"], (string?)report["file"], (int)report["offset"]!));

        ConsensusLogCorruptException refused = Assert.Throws<ConsensusLogCorruptException>(() => ConsensusLog.Open(Path.GetDirectoryName(file)!));
        Assert.Contains($"{file}, byte {LogFormatHeader}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("aeamc wal repair", refused.Message, StringComparison.Ordinal);

        CommandRun repair = await CommandRun.OfAsync("wal", "repair", "--config", Config, "--json");
        JsonNode mended = JsonNode.Parse(repair.Output)!;
        Assert.Equal(ExitCode.Success, repair.Code);
        Assert.True((bool)mended["repaired"]!);
        Assert.True(File.Exists((string)mended["set_aside"]![0]!));
        Assert.Equal("whole", (string?)(await InspectAsync(ExitCode.Success))["state"]);

        // The votes are gone from the log, not from the watermark: the node will be quiet.
        using ConsensusLog log = ConsensusLog.Open(Path.GetDirectoryName(file)!);
        using SignerWatermark watermark = SignerWatermark.Open(Path.Combine(_folder["node/data"], "signer-watermark"));
        var recovered = RecoveredState.Replay(Epoch.Zero, BlockRef.Genesis(Hash256.Of("genesis"u8)), ConsensusJournal.Replay(log), ConsensusJournal.ReadMemory(watermark));
        Assert.Equal(new View(2), recovered.Forgotten);
    }

    [Fact]
    public async Task What_changes_the_folder_is_refused_while_the_daemon_runs()
    {
        await MakeAsync();
        File.WriteAllText(_folder["node/genesis.json"], GenesisFile.Render(Committee()));
        NodeStore.Open(_folder["node/data/store"]).Dispose();
        using DataFolderLock daemon = DataFolderLock.Acquire(_folder["node/data"]);
        foreach (string[] command in (string[][])[["wal", "repair"], ["db", "verify"]])
        {
            CommandRun run = await CommandRun.OfAsync([.. command, "--config", Config]);
            Assert.Equal(ExitCode.OperatorError, run.Code);
            Assert.Contains("in use by", run.Error, StringComparison.Ordinal);
        }

        Assert.Equal(ExitCode.Success, (await CommandRun.OfAsync("wal", "inspect", "--config", Config)).Code);
    }

    [Fact]
    public async Task A_missing_folder_is_told_and_not_made()
    {
        File.WriteAllText(_folder["lone.toml"], "[node]\ndata_dir = \"nowhere\"\n");
        foreach (string[] command in (string[][])[["wal", "inspect"], ["wal", "repair"], ["db", "verify"]])
        {
            CommandRun run = await CommandRun.OfAsync([.. command, "--config", _folder["lone.toml"]]);
            Assert.Equal(ExitCode.OperatorError, run.Code);
            Assert.Contains("no data folder", run.Error, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(_folder["nowhere"]));
    }

    [Fact]
    public async Task A_store_of_the_network_is_verified_and_one_of_another_is_refused()
    {
        await MakeAsync();
        File.WriteAllText(_folder["node/genesis.json"], GenesisFile.Render(Committee()));
        using (NodeStore store = NodeStore.Open(_folder["node/data/store"]))
        {
            ChainStartup.Load(store, Committee(), Committee().Hash());
        }

        CommandRun sound = await CommandRun.OfAsync("db", "verify", "--config", Config, "--json");
        Assert.Equal((ExitCode.Success, ""), (sound.Code, sound.Error));
        Assert.True((bool)JsonNode.Parse(sound.Output)!["sound"]!);

        File.WriteAllText(_folder["node/genesis.json"], GenesisFile.Render(Committee() with { NetworkName = "other" }));
        CommandRun other = await CommandRun.OfAsync("db", "verify", "--config", Config);
        Assert.Equal(ExitCode.OperatorError, other.Code);
        Assert.Contains("another network", other.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wal", "inspect")]
    [InlineData("wal", "repair")]
    [InlineData("db", "verify")]
    public async Task Help_has_examples_and_exit_codes(string command, string verb)
    {
        CommandRun help = await CommandRun.OfAsync(command, verb, "--help");
        Assert.Contains("Example", help.Output, StringComparison.Ordinal);
        Assert.Contains("Exit codes", help.Output, StringComparison.Ordinal);
        Assert.Contains("--json", help.Output, StringComparison.Ordinal);
    }

    private const int LogFormatHeader = 64;

    private static Ledger.GenesisDocument Committee()
    {
        using var committee = new TestCommittee();
        return committee.Genesis;
    }

    /// <summary>A node's folder with a log of two synced votes, and the watermark of the second. Gives the log's file.</summary>
    private async Task<string> MakeAsync()
    {
        await CommandRun.OfAsync("init", "--dir", _folder["node"]);
        NodeConfig config = ConfigLoader.Load(Config, new Dictionary<string, string>());
        using ConsensusLog log = ConsensusLog.Open(NodeHost.WalFolder(config));
        using SignerWatermark watermark = SignerWatermark.Open(NodeHost.WatermarkPath(config));
        var journal = new ConsensusJournal(log, watermark);
        Watermark? mark = null;
        for (ulong view = 1; view <= 2; view++)
        {
            var statement = Statement.Nullify(Epoch.Zero, new View(view));
            journal.Append(new WalRecord.Voted(statement));
            mark = Watermark.After(mark, statement);
            journal.SyncLog();
            journal.SyncVotes(mark);
        }

        return Assert.Single(Directory.GetFiles(NodeHost.WalFolder(config)));
    }

    private static int FrameAt(string file, int number)
    {
        byte[] content = File.ReadAllBytes(file);
        int at = LogFormatHeader;
        for (int i = 0; i < number; i++)
        {
            at += 24 + BitConverter.ToInt32(content, at + 4);
        }

        return at;
    }

    private async Task<JsonNode> InspectAsync(int code)
    {
        CommandRun run = await CommandRun.OfAsync("wal", "inspect", "--config", Config, "--json");
        Assert.Equal((code, ""), (run.Code, run.Error));
        return JsonNode.Parse(run.Output)!;
    }

    private static void Flip(string file, int at)
    {
        byte[] content = File.ReadAllBytes(file);
        content[at] ^= 1;
        File.WriteAllBytes(file, content);
    }
}
