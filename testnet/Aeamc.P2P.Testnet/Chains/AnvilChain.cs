using System.Globalization;
using System.Text;
using Aeamc.P2P.Anchoring;
using Aeamc.P2P.Anchoring.Evm;
using Aeamc.P2P.Cryptography.Evm;
using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.DeviceApi.V2;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Testnet.Evm;
using Aeamc.P2P.Testnet.Network;
using Aeamc.P2P.Testnet.Processes;

namespace Aeamc.P2P.Testnet.Chains;

/// <summary>
/// A local EVM chain. Nodes are told the contract's address before it is there: it follows from the deployer's account, and the contract can
/// only be deployed once the nodes have made their group key.
/// </summary>
public sealed class AnvilChain : AnchorChain
{
    private const uint ClusterId = 0;

    /// <summary>100 ether each: more than any run spends.</summary>
    private static readonly UInt128 Funds = UInt128.Parse("100000000000000000000", CultureInfo.InvariantCulture);

    private readonly AnvilProcess _anvil;
    private readonly EvmWallet _deployer;
    private readonly EvmAddress _address;
    private AnchorContract? _contract;

    private AnvilChain(AnvilProcess anvil, EvmWallet deployer, EvmSettings settings, EvmAddress address, ulong chainId)
    {
        _anvil = anvil;
        _deployer = deployer;
        _address = address;
        Settings = settings;
        Name = chainId.ToString(CultureInfo.InvariantCulture);
    }

    public override string Name { get; }

    public override EvmSettings Settings { get; }

    public override IReadOnlyList<(string Name, int Id)> Processes => [("anvil", _anvil.Id)];

    /// <summary>Starts anvil with a funded account for each node and one that deploys.</summary>
    /// <exception cref="TestnetException">It does not start.</exception>
    public static async Task<AnvilChain> StartAsync(int nodes, ulong seed, ProcessGuard guard, CancellationToken cancellation)
    {
        var options = new AnvilOptions();
        AnvilProcess anvil;
        try
        {
            anvil = await AnvilProcess.StartAsync(options, cancellation).ConfigureAwait(false);
        }
        catch (InvalidOperationException fault)
        {
            string first = fault.Message.Split('\n')[0];
            throw new TestnetException($"The EVM chain did not start: {first} Run testnet/up, which installs it, or choose --chain journal.", fault);
        }

        guard.Watch(anvil.Id);
        EvmWallet deployer = Wallet(Secret(seed, "deployer"));
        string[] keys = [.. Enumerable.Range(0, nodes).Select(i => Convert.ToHexStringLower(Secret(seed, $"node-{i}")))];
        await anvil.SetBalanceAsync(deployer.Address, Funds, cancellation).ConfigureAwait(false);
        foreach (string key in keys)
        {
            using EvmWallet wallet = Wallet(Convert.FromHexString(key));
            await anvil.SetBalanceAsync(wallet.Address, Funds, cancellation).ConfigureAwait(false);
        }

        EvmAddress address = AnchorContract.PredictAddress(deployer.Address, nonce: 0);
        return new AnvilChain(anvil, deployer, new EvmSettings(anvil.Url, address.ToString(), keys), address, options.ChainId);
    }

    /// <summary>Deploys the contract with the key as its only authority.</summary>
    /// <exception cref="TestnetException">The chain refused.</exception>
    public override async Task UseGroupKeyAsync(string groupKey, string networkName, CancellationToken cancellation)
    {
        try
        {
            var network = Hash256.Of(Encoding.UTF8.GetBytes(networkName));
            _contract = await AnchorContract.DeployAsync(
                _anvil.Rpc, _deployer, network, Convert.FromHexString(groupKey), default, cancellation).ConfigureAwait(false);
        }
        catch (EvmException fault)
        {
            throw new TestnetException($"The contract could not be deployed: {fault.Message}", fault);
        }

        if (_contract.Address != _address)
        {
            throw new TestnetException($"The contract is at {_contract.Address}, but the nodes were told {_address}.");
        }
    }

    /// <summary>Asks the contract itself, not the nodes, for the newest anchor, and compares it with every node's checkpoint and block.</summary>
    public override async Task<string?> FindFaultAsync(LocalTestnet testnet, CancellationToken cancellation)
    {
        if (_contract is null)
        {
            return null;
        }

        try
        {
            AnchorHead head = await _contract.GetHeadAsync(ClusterId, cancellation).ConfigureAwait(false);
            if (head.Height.Value == 0)
            {
                return null;
            }

            string prefix = Convert.ToHexStringLower(head.MessagePrefix.Span);
            CheckpointReply? checkpoint = null;
            for (int i = 0; i < testnet.Count; i++)
            {
                checkpoint = await testnet.Monitors[i].CheckpointAsync(head.Height.Value, cancellation).ConfigureAwait(false);
                if (checkpoint is null || checkpoint.Height != head.Height.Value || !checkpoint.SigningHash.StartsWith(prefix, StringComparison.Ordinal))
                {
                    return $"The contract's head is height {head.Height.Value} with message {prefix}, but node-{i} has {checkpoint?.SigningHash ?? "no checkpoint"} there.";
                }
            }

            return await CompareBlocksAsync(testnet, head.Height.Value, checkpoint!.BlockHash, cancellation).ConfigureAwait(false);
        }
        catch (EvmException fault)
        {
            return $"The contract could not be read: {fault.Message}";
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _anvil.DisposeAsync().ConfigureAwait(false);
        _deployer.Dispose();
    }

    private static EvmWallet Wallet(ReadOnlySpan<byte> secret) =>
        Secp256k1PrivateKey.TryImport(secret, out Secp256k1PrivateKey? key) ? new EvmWallet(key) : throw new TestnetException("This --seed gives no wallet: choose another.");

    private static byte[] Secret(ulong seed, string name) =>
        Hash256.Of(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"aeamc testnet seed {seed} wallet {name}"))).ToArray();
}
