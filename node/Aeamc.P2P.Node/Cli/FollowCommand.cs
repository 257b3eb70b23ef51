using System.CommandLine;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.DeviceClient;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Node.Hosting;
using Aeamc.P2P.Node.Sync;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Cli;

/// <summary><c>aeamc follow</c>: a light client. Trusts the genesis file and nothing that the node says.</summary>
public static class FollowCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>A node that shows nothing new for so long is not followed any longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Command Build()
    {
        var node = new Option<string>("--node") { Description = "Any node's HTTP address.", Required = true };
        var genesis = new Option<string>("--genesis") { Description = "The network's genesis file: its committee is what is trusted.", DefaultValueFactory = _ => "genesis.json" };
        var receipt = new Option<string?>("--receipt") { Description = "An entry's id: check that it is in a final block, and end." };
        var blocks = new Option<int>("--blocks") { Description = "End after so many newer blocks; 0 goes on until Ctrl-C.", DefaultValueFactory = _ => 0 };
        var command = new Command(
            "follow", "Follow the chain through a node without trusting it: every block printed is finalized by the genesis committee. Exit code 1 when the node shows something else.\n\nExample: aeamc follow --node http://host:8080 --genesis genesis.json") { node, genesis, receipt, blocks };
        command.SetAction((parsed, cancellation) => Terminal.RunAsync(
            () => RunAsync(Address(parsed.GetValue(node)!), parsed.GetValue(genesis)!, parsed.GetValue(receipt), parsed.GetValue(blocks), cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(Uri node, string genesisFile, string? receipt, int blocks, CancellationToken cancellation)
    {
        GenesisDocument genesis = GenesisFile.Load(genesisFile);
        using HttpClient http = NodeClient.CreateHttp();
        var follower = new LightFollower(http, node, genesis.ClusterId, new FinalizationVerifier(new NetworkFoundation(genesis).Verifier));
        return receipt is null
            ? await FollowAsync(follower, node, blocks, cancellation)
            : await VerifyAsync(follower, new NodeClient(http, node, TimeProvider.System), receipt, cancellation);
    }

    private static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? address
            : throw new OperatorException($"--node: '{text}' is no http address. Write for example http://127.0.0.1:8080.");

    private static async Task<int> VerifyAsync(LightFollower follower, NodeClient client, string id, CancellationToken cancellation)
    {
        var bytes = new byte[Hash256.Size];
        if (id.Length != 2 * Hash256.Size || Convert.FromHexString(id, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            throw new OperatorException("--receipt: 64 hexadecimal digits are wanted, the id that the node answered to the post.");
        }

        if (await client.ProofAsync(new Hash256(bytes), cancellation) is not { } proof)
        {
            Console.Error.WriteLine("aeamc: the node has no proof of that entry.");
            return ExitCode.Failure;
        }

        ProofVerdict verdict = await follower.VerifyAsync(proof, cancellation);
        Console.WriteLine(verdict == ProofVerdict.Valid
            ? $"valid: entry {proof.Inclusion.Index} of block {proof.Header.Height} ({proof.Header.ComputeHash()}), finalized by the genesis committee"
            : $"not valid ({verdict}): entry {id}");
        return verdict == ProofVerdict.Valid ? ExitCode.Success : ExitCode.Failure;
    }

    private static async Task<int> FollowAsync(LightFollower follower, Uri node, int blocks, CancellationToken cancellation)
    {
        Height? proven = null;
        int printed = 0;
        long since = TimeProvider.System.GetTimestamp();
        while (blocks == 0 || printed < blocks)
        {
            Height? height = await follower.HeightAsync(cancellation);
            if (height is { } head && head != Height.Zero && head != proven)
            {
                (MicroblockHeader? header, ProofVerdict verdict) = await follower.ProveAsync(head, cancellation);
                if (header is not null)
                {
                    Console.WriteLine($"block {header.Height} {header.ComputeHash()} state {header.StateRoot} final");
                    proven = head;
                    printed++;
                    since = TimeProvider.System.GetTimestamp();
                }
                else if (verdict != ProofVerdict.FinalizationMissing)
                {
                    Console.Error.WriteLine($"aeamc: what {node} shows as block {head} does not hold: {verdict}.");
                    return ExitCode.Failure;
                }
            }

            if (TimeProvider.System.GetElapsedTime(since) > Patience)
            {
                Console.Error.WriteLine($"aeamc: {node} has shown no new final block for {Patience.TotalSeconds:0} s.");
                return ExitCode.Failure;
            }

            await Task.Delay(Pause, TimeProvider.System, cancellation);
        }

        return ExitCode.Success;
    }
}
