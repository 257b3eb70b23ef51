using System.CommandLine;
using System.Globalization;
using System.Text;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Node.Keygen;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Cli;

/// <summary><c>aeamc testnet init</c>: keys, genesis and configuration of a whole local network. <c>testnet/up</c> uses it and runs the nodes.</summary>
public static class TestnetCommand
{
    public static Command Build()
    {
        var folder = new Option<string>("--dir") { Description = "Where to put node-0, node-1, ... and genesis.json.", DefaultValueFactory = _ => "testnet-data" };
        var nodes = new Option<int>("--nodes") { Description = "How many nodes, 1 to 128.", DefaultValueFactory = _ => 4 };
        var seed = new Option<ulong>("--seed") { Description = "The seed that all keys come from: the same seed gives the same network. For testing only.", DefaultValueFactory = _ => 1 };
        var apiPort = new Option<int>("--api-port") { Description = "The first node's HTTP port; the others follow.", DefaultValueFactory = _ => 18_080 };
        var p2pPort = new Option<int>("--p2p-port") { Description = "The first node's libp2p port; the others follow.", DefaultValueFactory = _ => 19_000 };
        var rpc = new Option<string?>("--rpc") { Description = "JSON-RPC URL of an EVM chain to anchor on; needs --contract." };
        var contract = new Option<string?>("--contract") { Description = "The address of AeamcAnchor there." };
        var wallets = new Option<string[]>("--wallet") { Description = "One private key (64 hexadecimal digits) for each node, in order.", AllowMultipleArgumentsPerToken = true };
        var init = new Command("init", "Make the files of a local network.\n\nExample: aeamc testnet init --nodes 4 --dir net && aeamc run --config net/node-0/node.toml") { folder, nodes, seed, apiPort, p2pPort, rpc, contract, wallets };
        init.SetAction((parsed, _) => Terminal.RunAsync(() => Task.FromResult(Run(new Plan(
            parsed.GetValue(folder)!, parsed.GetValue(nodes), parsed.GetValue(seed), parsed.GetValue(apiPort), parsed.GetValue(p2pPort),
            parsed.GetValue(rpc), parsed.GetValue(contract), parsed.GetValue(wallets) ?? [])))));
        return new Command("testnet", "Make local networks. `testnet/up` in the source tree makes one and runs it.") { init };
    }

    private static int Run(Plan plan)
    {
        if (plan.Nodes is < 1 or > GenesisDocument.MaxCommittee)
        {
            throw new OperatorException($"--nodes: {plan.Nodes} is out of range. Choose 1 to {GenesisDocument.MaxCommittee}.");
        }

        if (plan.Rpc is not null != plan.Contract is not null)
        {
            throw new OperatorException("--rpc and --contract belong together: give both, or neither.");
        }

        string genesisPath = Path.Combine(plan.Folder, "genesis.json");
        if (File.Exists(genesisPath))
        {
            throw new OperatorException($"{genesisPath} exists. Choose another --dir, or remove that one: its nodes cannot change their genesis.");
        }

        Directory.CreateDirectory(plan.Folder);
        var members = new List<GenesisMember>();
        for (int i = 0; i < plan.Nodes; i++)
        {
            members.Add(MakeNode(plan, i));
        }

        using Ed25519PrivateKey requester = Derive(plan.Seed, "requester");
        var document = new GenesisDocument(
            $"testnet-{plan.Seed}",
            0,
            new Timestamp((ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()),
            members,
            NetworkParameters.Default with
            {
                NetworkDelayMs = 400,
                IdleIntervalMs = 1_000,
                BlockIntervalMs = 30,
                CheckpointIntervalMs = 15_000,
                DkgPhaseMs = 2_000,
                HeartbeatMinIntervalMs = 200,
                SampleRate = 200,
                MaxUnitsPerLease = 4_096,
            },
            [PublicKey.Of(requester.PublicKey)]);
        if (document.Problem() is { } problem)
        {
            throw new OperatorException(problem);
        }

        File.WriteAllText(genesisPath, GenesisFile.Render(document));
        Cryptography.Keys.SecretFile.Create(Path.Combine(plan.Folder, "requester.key"), Encoding.ASCII.GetBytes(SeedHex(plan.Seed, "requester")));
        Console.WriteLine($"network {document.NetworkName} of {plan.Nodes} nodes in {plan.Folder}; genesis {document.Hash()}");
        return ExitCode.Success;
    }

    private static GenesisMember MakeNode(Plan plan, int index)
    {
        string folder = Path.Combine(plan.Folder, $"node-{index}");
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, "node.toml");
        string address = string.Create(CultureInfo.InvariantCulture, $"/ip4/127.0.0.1/tcp/{plan.P2PPort + index}");
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"[network]\ngenesis = \"../genesis.json\"\n\n[p2p]\nlisten = [\"{address}\"]\n\n");
        text.Append(CultureInfo.InvariantCulture, $"[api]\nlisten = \"127.0.0.1:{plan.ApiPort + index}\"\nregister_per_hour = 1000000\nmessages_per_minute = 10000000\nreads_per_minute = 10000000\n");
        if (plan.Rpc is { } rpc)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n[anchor]\nrpc_urls = [\"{rpc}\"]\ncontract = \"{plan.Contract}\"\nconfirmations = 1\n");
            if (index < plan.Wallets.Count)
            {
                Cryptography.Keys.SecretFile.Create(Path.Combine(folder, "wallet.key"), Encoding.ASCII.GetBytes(plan.Wallets[index]));
                text.Append("wallet_key_file = \"wallet.key\"\n");
            }
        }

        File.WriteAllText(path, text.ToString());
        NodeConfig config = ConfigLoader.Load(path, new Dictionary<string, string>());
        using Ed25519PrivateKey key = InitCommand.CreateKey(config, () => Derive(plan.Seed, $"node-{index}"));
        return new GenesisMember(key.PublicKey, $"node-{index}", address) { DkgKey = KeyGeneration.EncryptionKeyOf(Secp256k1Group.Shared, key) };
    }

    private static Ed25519PrivateKey Derive(ulong seed, string name) => Ed25519PrivateKey.FromSeed(Convert.FromHexString(SeedHex(seed, name)));

    private static string SeedHex(ulong seed, string name) =>
        Hash256.Of(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"aeamc testnet seed {seed} {name}"))).ToString();

    private sealed record Plan(string Folder, int Nodes, ulong Seed, int ApiPort, int P2PPort, string? Rpc, string? Contract, IReadOnlyList<string> Wallets);
}
