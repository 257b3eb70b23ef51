using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Cli;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Node.Signing;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Threshold;
using Aeamc.P2P.Threshold.Frost;
using Aeamc.P2P.Threshold.Group;
using Aeamc.P2P.Threshold.Roast;

namespace Aeamc.P2P.Node.Tests.Cli;

[CollectionDefinition("console", DisableParallelization = true)]
public class ConsoleCollection;

[Collection("console")]
public sealed class CommandTests : IDisposable
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Init_makes_a_closed_folder_and_key_and_overwrites_nothing()
    {
        CommandRun first = await CommandRun.OfAsync("init", "--dir", _folder["node"]);
        CommandRun second = await CommandRun.OfAsync("init", "--dir", _folder["node"]);

        Assert.Equal((ExitCode.Success, ""), (first.Code, first.Error));
        Assert.Contains("node id   ", first.Output, StringComparison.Ordinal);
        Assert.Contains("aeamc run --config", first.Output, StringComparison.Ordinal);
        Assert.Equal(first.Output, second.Output);
        Assert.Equal(OwnerFolder, File.GetUnixFileMode(_folder["node/data"]));
        Assert.Equal(OwnerFile, File.GetUnixFileMode(_folder["node/data/node.key"]));
        Assert.Equal(ConfigSchema.RenderExample(), File.ReadAllText(_folder["node/node.toml"]));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_network_and_another_one_another()
    {
        CommandRun run = await CommandRun.OfAsync("testnet", "init", "--dir", _folder["a"], "--nodes", "4", "--seed", "9");
        await CommandRun.OfAsync("testnet", "init", "--dir", _folder["b"], "--nodes", "4", "--seed", "9");
        await CommandRun.OfAsync("testnet", "init", "--dir", _folder["c"], "--nodes", "4", "--seed", "10");
        GenesisDocument[] made = [.. "abc".Select(name => GenesisFile.Load(_folder[$"{name}/genesis.json"]))];

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Contains(made[0].Hash().ToString(), run.Output, StringComparison.Ordinal);
        Assert.Equal(Keys(made[0]), Keys(made[1]));
        Assert.Equal(made[0].Requesters, made[1].Requesters);
        Assert.Empty(Keys(made[0]).Intersect(Keys(made[2])));
        Assert.Equal(OwnerFile, File.GetUnixFileMode(_folder["a/requester.key"]));
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(OwnerFile, File.GetUnixFileMode(_folder[$"a/node-{i}/data/node.key"]));
            Assert.Equal(18_080 + i, ConfigLoader.Load(_folder[$"a/node-{i}/node.toml"], new Dictionary<string, string>()).ApiListen.Port);
        }

        static IEnumerable<string> Keys(GenesisDocument genesis) => genesis.Committee.Select(member => $"{member.Id} {Convert.ToHexString(member.DkgKey.Span)}");
    }

    [Fact]
    public async Task Wrong_testnet_arguments_are_the_operators_to_mend()
    {
        Directory.CreateDirectory(_folder["old"]);
        File.WriteAllText(_folder["old/genesis.json"], "{}");
        (string[] Arguments, string Message)[] cases =
        [
            (["--dir", _folder["n"], "--nodes", "0"], "--nodes: 0 is out of range"),
            (["--dir", _folder["old"]], "exists"),
            (["--dir", _folder["n"], "--rpc", "http://127.0.0.1:1"], "--rpc and --contract belong together"),
        ];

        foreach ((string[] arguments, string message) in cases)
        {
            CommandRun run = await CommandRun.OfAsync(["testnet", "init", .. arguments]);
            Assert.Equal(ExitCode.OperatorError, run.Code);
            Assert.StartsWith("aeamc: ", run.Error, StringComparison.Ordinal);
            Assert.Contains(message, run.Error, StringComparison.Ordinal);
            Assert.Single(run.Error.TrimEnd().Split('\n'));
        }
    }

    [Fact]
    public async Task A_bad_config_a_missing_genesis_and_a_missing_key_are_told_in_one_line()
    {
        File.WriteAllText(_folder["bad.toml"], "[api]\nlisten = 8080");
        await CommandRun.OfAsync("init", "--dir", _folder["node"]);
        File.WriteAllText(_folder["keyless.toml"], "[node]\ndata_dir = \"empty\"\n");
        (string Config, string Message)[] cases =
        [
            (_folder["bad.toml"], $"{_folder["bad.toml"]}:2: api.listen"),
            (_folder["missing.toml"], "aeamc init"),
            (_folder["node/node.toml"], "the genesis file cannot be read"),
            (_folder["keyless.toml"], "node.key"),
        ];

        foreach ((string config, string message) in cases)
        {
            CommandRun run = await CommandRun.OfAsync("run", "--config", config);
            Assert.Equal(ExitCode.OperatorError, run.Code);
            Assert.Contains(message, run.Error, StringComparison.Ordinal);
            Assert.Single(run.Error.TrimEnd().Split('\n'));
        }
    }

    [Fact]
    public async Task A_second_daemon_on_one_folder_is_told_so()
    {
        await CommandRun.OfAsync("init", "--dir", _folder["node"]);
        using (Aeamc.P2P.Storage.DataFolderLock.Acquire(_folder["node/data"]))
        {
            CommandRun run = await CommandRun.OfAsync("run", "--config", _folder["node/node.toml"]);
            Assert.Equal(ExitCode.OperatorError, run.Code);
            Assert.Contains("in use by", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Status_of_a_node_that_does_not_run_fails_and_says_how_to_start_it()
    {
        File.WriteAllText(_folder["node.toml"], "[api]\nlisten = \"127.0.0.1:1\"\n");

        CommandRun run = await CommandRun.OfAsync("status", "--config", _folder["node.toml"]);

        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.Contains("aeamc run --config", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_tells_what_it_can_explain_and_how_to_start_a_node_that_does_not_run()
    {
        File.WriteAllText(_folder["node.toml"], "[api]\nlisten = \"127.0.0.1:1\"\n");
        CommandRun help = await CommandRun.OfAsync("explain", "--help");
        Assert.Equal(ExitCode.Success, help.Code);
        foreach (string what in (string[])["block", "view", "evidence", "member", "proof"])
        {
            Assert.Contains(what, help.Output, StringComparison.Ordinal);
            CommandRun one = await CommandRun.OfAsync("explain", what, "--help");
            Assert.Contains($"Example: aeamc explain {what} ", one.Output, StringComparison.Ordinal);
            CommandRun dead = await CommandRun.OfAsync("explain", what, "1", "--config", _folder["node.toml"]);
            Assert.Equal(ExitCode.Failure, dead.Code);
            Assert.Contains("aeamc run --config", dead.Error, StringComparison.Ordinal);
        }

        Assert.NotEqual(ExitCode.Success, (await CommandRun.OfAsync("explain", "weather", "1")).Code);
        Assert.NotEqual(ExitCode.Success, (await CommandRun.OfAsync("explain", "block")).Code);
    }

    [Fact]
    public async Task A_fault_of_ours_has_a_code_of_its_own()
    {
        Assert.Equal(ExitCode.InternalError, await Terminal.RunAsync(() => throw new InvalidOperationException("a bug")));
        Assert.Equal(ExitCode.InternalError, await Terminal.RunAsync(() => throw Invariant.Fail("broken")));
        Assert.Equal(ExitCode.OperatorError, await Terminal.RunAsync(() => throw new IOException("disk full")));
        Assert.Equal(ExitCode.Success, await Terminal.RunAsync(() => throw new OperationCanceledException()));
    }

    [Fact]
    public async Task Verify_believes_a_signed_checkpoint_and_nothing_else()
    {
        using var committee = new TestCommittee();
        File.WriteAllText(_folder["genesis.json"], GenesisFile.Render(committee.Genesis));
        var checkpoint = new Checkpoint(
            committee.Genesis.NetworkId, committee.Genesis.ClusterId, Epoch.Zero, new Height(5), Hash256.Of("block"u8), Hash256.Of("chain"u8), Hash256.Of("state"u8));
        SignedCheckpoint signed = Sign(checkpoint);
        byte[] good = CheckpointSigning.Encode(signed);
        byte[] forged = CheckpointSigning.Encode(new SignedCheckpoint(
            new Checkpoint(checkpoint.NetworkId, checkpoint.ClusterId, checkpoint.Epoch, new Height(6), checkpoint.BlockHash, checkpoint.ChainRoot, checkpoint.StateRoot),
            signed.Signature, signed.GroupKey));
        File.WriteAllBytes(_folder["good.bin"], good);
        File.WriteAllText(_folder["good.hex"], Convert.ToHexStringLower(good) + "\n");
        File.WriteAllBytes(_folder["forged.bin"], forged);
        File.WriteAllText(_folder["garbage.bin"], "this is no proof");
        File.WriteAllText(_folder["garbage.journal"], "this is no journal\n");
        string key = Convert.ToHexStringLower(signed.GroupKey);
        (string File, string Key, int Code, string Says)[] cases =
        [
            ("good.bin", key, ExitCode.Success, "valid: checkpoint of block 5"),
            ("good.hex", key, ExitCode.Success, "valid: checkpoint of block 5"),
            ("forged.bin", key, ExitCode.Failure, "not valid"),
            ("good.bin", "02" + new string('1', 64), ExitCode.Failure, "not valid"),
            ("garbage.bin", key, ExitCode.Failure, "neither a receipt proof nor a signed checkpoint"),
            ("garbage.journal", key, ExitCode.OperatorError, "garbage.journal"),
            ("absent.bin", key, ExitCode.OperatorError, "absent.bin"),
            ("good.bin", "zz", ExitCode.OperatorError, "66 hexadecimal digits"),
        ];

        foreach ((string file, string groupKey, int code, string says) in cases)
        {
            CommandRun run = await CommandRun.OfAsync("verify", _folder[file], "--genesis", _folder["genesis.json"], "--group-key", groupKey);
            Assert.Equal((file, code), (file, run.Code));
            Assert.Contains(says, run.Output + run.Error, StringComparison.Ordinal);
        }

        CommandRun unknown = await CommandRun.OfAsync("verify", _folder["good.bin"], "--genesis", _folder["none.json"], "--group-key", key);
        Assert.Equal(ExitCode.OperatorError, unknown.Code);
    }

    /// <summary>A group of one member signs.</summary>
    private static SignedCheckpoint Sign(Checkpoint checkpoint)
    {
        Secp256k1Group group = Secp256k1Group.Shared;
        Scalar secret = Scalar.Reduce(Hash256.Of("secret"u8).ToArray());
        CurvePoint point = group.MultiplyBase(secret);
        using var share = new SigningShare(group, new NodeIndex(0), secret, new ThresholdPublicKey(1, point, [point]));
        using var signer = new RoastSigner(group, share);
        signer.Approve(checkpoint.SigningHash());
        var coordinator = new RoastCoordinator(group, share.PublicKey, checkpoint.SigningHash());
        var requests = new Queue<RoastOutgoing>(coordinator.Outstanding());
        while (coordinator.Signature is null)
        {
            byte[] reply = signer.Answer(new NodeIndex(0), requests.Dequeue().Request.Encode(), new byte[SigningNonce.RandomnessSize])!;
            coordinator.Receive(new NodeIndex(0), reply).Outgoing.ToList().ForEach(requests.Enqueue);
        }

        return new SignedCheckpoint(checkpoint, coordinator.Signature.ToArray(), point.ToArray());
    }
}
