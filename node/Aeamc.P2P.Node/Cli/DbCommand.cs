using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Committees;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Cryptography.Verification;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Node.Hosting;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Cli;

/// <summary><c>aeamc db</c>: the database of a node that does not run.</summary>
public static class DbCommand
{
    private const ulong ToldEvery = 10_000;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Build()
    {
        Option<string> config = CommonOptions.Config();
        Option<bool> json = CommonOptions.Json();
        var verify = new Command(
            "verify",
            "Walk the stored chain and check all of it: hashes, links, batches, entries, receipts, certificates, and the state root by executing every block from genesis. In a pruned store the walk begins at the first block that is there, and the state is compared with a co-signed checkpoint instead, if there is one of that height.\n\nExit codes: 0 sound, 1 something is wrong and is named with its height, 2 mend something first (the node runs, for one).\n\nExamples:\n  aeamc db verify --config /etc/aeamc/node.toml\n  aeamc db verify --json | jq .fault")
        {
            config, json,
        };
        verify.SetAction((parsed, _) => Terminal.RunAsync(() => Task.FromResult(Verify(parsed.GetValue(config)!, parsed.GetValue(json)))));
        return new Command("db", "Look at the database of a node that does not run.") { verify };
    }

    private static int Verify(string path, bool json)
    {
        NodeConfig config = OfflineFolder.Find(path);
        if (!Directory.Exists(NodeHost.StoreFolder(config)))
        {
            throw new OperatorException($"there is no database in {config.DataDirectory}: the node has not run yet.");
        }

        GenesisDocument genesis = GenesisFile.Load(config.GenesisFile);
        using DataFolderLock held = OfflineFolder.Lock(config);
        using var store = NodeStore.Open(NodeHost.StoreFolder(config));
        (ChainContext context, MessageVerifier verifier) = Open(genesis);
        ChainBlock begin = ChainStartup.Genesis(store, genesis, context.GenesisHash);
        ChainVerification result = new ChainVerifier(store, context, verifier).Verify(begin, json ? null : Tell);
        if (json)
        {
            Console.WriteLine(Json(result).ToJsonString(Indented));
        }
        else
        {
            Print(result);
        }

        return result.Fault is null ? ExitCode.Success : ExitCode.Failure;
    }

    private static (ChainContext Context, MessageVerifier Verifier) Open(GenesisDocument genesis)
    {
        Hash256 hash = genesis.Hash();
        var committee = new Committee([.. genesis.Committee.Select(member => member.Id)]);
        var leaders = new LeaderSchedule(committee, hash);
        var verifier = new MessageVerifier(
            new SigningDomain(genesis.NetworkId, genesis.ClusterId, Epoch.Zero), committee, leaders, new Ed25519SignatureVerifier(), new MicroblockContent());
        var ledger = new LedgerMachine(new LedgerPorts(new SignatureVerdicts(), new KeyRecovery(), new LedgerEvidenceVerifier(verifier)));
        return (new ChainContext(genesis, hash, Epoch.Zero, committee, leaders, ledger, new EntryDecoder(genesis.NetworkName), new BeaconVerifier()), verifier);
    }

    private static void Tell(Height height)
    {
        if (height.Value % ToldEvery == 0)
        {
            Console.Error.WriteLine($"block {height} is sound");
        }
    }

    private static void Print(ChainVerification result)
    {
        Console.WriteLine($"blocks       {result.Blocks} sound, {result.From} to {result.To}{(result.Executed ? ", each executed" : "; the store is pruned below")}");
        Console.WriteLine($"certificates {result.Certificates} finalizations of a quorum");
        if (result.Fault is { } fault)
        {
            Console.WriteLine($"wrong        at height {fault.Height}: {fault.What}");
            Console.WriteLine("Mend it: move the folder 'store' away and start the node, which fetches the chain from the others; keep node.key, wal and signer-watermark.");
            return;
        }

        if (result.Unproven > 0)
        {
            Console.WriteLine($"unproven     {result.Unproven} blocks at the end have no stored finalization yet, as after a crash");
        }

        Console.WriteLine($"state root   {result.StateRoot}");
        Console.WriteLine("sound");
    }

    private static JsonObject Json(ChainVerification result) => new()
    {
        ["sound"] = result.Fault is null,
        ["from"] = result.From.Value,
        ["to"] = result.To.Value,
        ["blocks"] = result.Blocks,
        ["certificates"] = result.Certificates,
        ["unproven"] = result.Unproven,
        ["executed"] = result.Executed,
        ["state_root"] = result.Fault is null ? result.StateRoot.ToString() : null,
        ["fault"] = result.Fault is { } fault ? new JsonObject { ["height"] = fault.Height.Value, ["what"] = fault.What } : null,
    };
}
