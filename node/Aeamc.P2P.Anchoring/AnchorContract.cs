using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Aeamc.P2P.Anchoring.Evm;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Cryptography.Evm;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Anchoring;

/// <summary>An <c>AeamcAnchor</c> on a chain (Contracts/AeamcAnchor.sol). Its calls throw <see cref="EvmException"/>.</summary>
public sealed class AnchorContract(EvmRpc rpc, EvmAddress address)
{
    private const string AnchorSignature = "anchor((uint32,uint64,uint64,bytes32,bytes32,bytes32),(uint256,uint256,uint256))";
    private static readonly TimeSpan DeployTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan DeployPoll = TimeSpan.FromMilliseconds(200);
    private static readonly byte[] AnchoredTopic = AbiWriter.SignatureHash("Anchored(uint32,uint64,uint64,bytes32,bytes32,bytes32)");
    private static readonly string[] Errors =
    [
        "PrecompileMissing(uint8)", "InvalidKey()", "InvalidSignature()", "StaleCheckpoint(uint64,uint64)", "IsPaused()", "NotPaused()", "NotGuardian()",
    ];

    /// <summary>Where it is.</summary>
    public EvmAddress Address { get; } = address;

    /// <summary>The address that the deployer's transaction number <paramref name="nonce"/> gives the contract.</summary>
    public static EvmAddress PredictAddress(EvmAddress deployer, ulong nonce) => EvmAddress.OfContract(deployer, nonce);

    /// <summary>Deploys the contract and waits until it is in a block.</summary>
    /// <param name="rpc">The chain.</param>
    /// <param name="wallet">Pays; it has no rights in the contract.</param>
    /// <param name="networkId">SHA-256 of the network's name.</param>
    /// <param name="groupKey">The committee's key, 33 bytes compressed.</param>
    /// <param name="guardian">May pause anchoring and nothing else; zero for nobody.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="EvmException">The chain cannot be reached, the wallet cannot pay, or the contract's self-test failed there.</exception>
    public static async Task<AnchorContract> DeployAsync(
        EvmRpc rpc, EvmWallet wallet, Hash256 networkId, ReadOnlyMemory<byte> groupKey, EvmAddress guardian, CancellationToken cancellation)
    {
        byte[] data = new AbiWriter().Raw(InitCode()).Word(networkId).Key(groupKey.Span).Word(guardian.ToArray()).ToArray();
        ulong chain = await rpc.ChainIdAsync(cancellation).ConfigureAwait(false);
        ulong nonce = await rpc.NonceAsync(wallet.Address, cancellation).ConfigureAwait(false);
        EvmFees fees = await FeePolicy.SuggestAsync(rpc, await rpc.LatestBlockAsync(cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        ulong gas;
        try
        {
            gas = await rpc.EstimateGasAsync(wallet.Address, to: null, data, cancellation).ConfigureAwait(false);
        }
        catch (EvmRpcException refusal)
        {
            throw new EvmException($"AeamcAnchor cannot be deployed: {Explain(refusal)}", refusal);
        }

        SignedTransaction transaction = wallet.Sign(new EvmTransaction(chain, nonce, fees, FeePolicy.WithMargin(gas), To: null, Value: 0, data));
        await rpc.SendAsync(transaction, cancellation).ConfigureAwait(false);
        DateTimeOffset until = rpc.Time.GetUtcNow() + DeployTimeout;
        while (rpc.Time.GetUtcNow() < until)
        {
            if (await rpc.ReceiptAsync(transaction.Id, cancellation).ConfigureAwait(false) is { } receipt)
            {
                return receipt.Success
                    ? new AnchorContract(rpc, PredictAddress(wallet.Address, nonce))
                    : throw new EvmException($"AeamcAnchor was not deployed: {transaction.Id} failed.");
            }

            await Task.Delay(DeployPoll, rpc.Time, cancellation).ConfigureAwait(false);
        }

        throw new EvmException($"AeamcAnchor's deployment {transaction.Id} is in no block after {DeployTimeout.TotalMinutes:0} minutes.");
    }

    /// <summary>The call data of <c>anchor</c>.</summary>
    public static byte[] AnchorCall(SignedCheckpoint signed)
    {
        Checkpoint checkpoint = signed.Checkpoint;
        return new AbiWriter().Selector(AnchorSignature)
            .Word(checkpoint.ClusterId).Word(checkpoint.Epoch.Value).Word(checkpoint.Height.Value)
            .Word(checkpoint.BlockHash).Word(checkpoint.ChainRoot).Word(checkpoint.StateRoot)
            .Signature(signed.Signature)
            .ToArray();
    }

    /// <summary>The newest checkpoint of a cluster at the newest block.</summary>
    public async Task<AnchorHead> GetHeadAsync(uint cluster, CancellationToken cancellation)
    {
        byte[] words = await ReadAsync("headOf(uint32)", writer => writer.Word(cluster), 2, cancellation).ConfigureAwait(false);
        return new AnchorHead(new Height(BinaryPrimitives.ReadUInt64BigEndian(words.AsSpan(24))), words.AsMemory(32, 24));
    }

    /// <summary>The network whose checkpoints it takes.</summary>
    public async Task<Hash256> GetNetworkIdAsync(CancellationToken cancellation) =>
        new(await ReadAsync("networkId()", writer => writer, 1, cancellation).ConfigureAwait(false));

    /// <summary>The group key, 33 bytes compressed.</summary>
    public async Task<byte[]> GetGroupKeyAsync(CancellationToken cancellation)
    {
        byte[] x = await ReadAsync("keyX()", writer => writer, 1, cancellation).ConfigureAwait(false);
        byte[] prefix = await ReadAsync("keyPrefix()", writer => writer, 1, cancellation).ConfigureAwait(false);
        return [prefix[31], .. x];
    }

    /// <summary>Whether anchoring is stopped.</summary>
    public async Task<bool> IsPausedAsync(CancellationToken cancellation) =>
        (await ReadAsync("paused()", writer => writer, 1, cancellation).ConfigureAwait(false))[31] != 0;

    /// <summary>Whether there is a contract at the address at all.</summary>
    internal Task<bool> ExistsAsync(CancellationToken cancellation) => rpc.HasCodeAsync(Address, cancellation);

    /// <summary>A cluster's anchors in a range of blocks, both ends included, in order.</summary>
    internal async Task<IReadOnlyList<(Checkpoint Checkpoint, string Transaction)>> AnchoredAsync(
        Hash256 networkId, uint cluster, ulong fromBlock, ulong toBlock, CancellationToken cancellation)
    {
        byte[] clusterTopic = new AbiWriter().Word(cluster).ToArray();
        IReadOnlyList<EvmLog> logs = await rpc.LogsAsync(Address, [AnchoredTopic, clusterTopic], fromBlock, toBlock, cancellation).ConfigureAwait(false);
        var anchored = new List<(Checkpoint, string)>(logs.Count);
        foreach (EvmLog log in logs)
        {
            if (log.Topics.Count != 3 || log.Topics.Any(topic => topic.Length != AbiWriter.WordSize) || log.Data.Length != 4 * AbiWriter.WordSize)
            {
                throw new EvmUnavailableException("eth_getLogs gave an event that AeamcAnchor does not emit");
            }

            anchored.Add((
                new Checkpoint(
                    networkId,
                    cluster,
                    new Epoch(BinaryPrimitives.ReadUInt64BigEndian(log.Data.AsSpan(24))),
                    new Height(BinaryPrimitives.ReadUInt64BigEndian(log.Topics[2].AsSpan(24))),
                    new Hash256(log.Data.AsSpan(32, 32)),
                    new Hash256(log.Data.AsSpan(64, 32)),
                    new Hash256(log.Data.AsSpan(96, 32))),
                log.Transaction));
        }

        return anchored;
    }

    /// <summary>An error in the contract's own words where it is one of the contract's, else in the endpoint's.</summary>
    internal static string Explain(EvmRpcException refusal)
    {
        ReadOnlySpan<byte> data = refusal.RevertData.Span;
        if (data.Length >= 4)
        {
            foreach (string error in Errors)
            {
                if (data[..4].SequenceEqual(AbiWriter.SignatureHash(error).AsSpan(0, 4)))
                {
                    return string.Create(CultureInfo.InvariantCulture, $"the contract refuses with {error[..error.IndexOf('(', StringComparison.Ordinal)]}");
                }
            }
        }

        return refusal.Reason;
    }

    private static byte[] InitCode()
    {
        using Stream artifact = typeof(AnchorContract).Assembly.GetManifestResourceStream("AeamcAnchor.json")!;
        using JsonDocument document = JsonDocument.Parse(artifact);
        Invariant.Check(Hex.TryData(document.RootElement.GetProperty("bytecode").GetString(), out byte[] code));
        return code;
    }

    private async Task<byte[]> ReadAsync(string signature, Func<AbiWriter, AbiWriter> arguments, int words, CancellationToken cancellation)
    {
        byte[] answer = await rpc.ReadAsync(Address, arguments(new AbiWriter().Selector(signature)).ToArray(), cancellation).ConfigureAwait(false);
        return answer.Length == words * AbiWriter.WordSize
            ? answer
            : throw new EvmException($"{Address} is no AeamcAnchor on this chain: {signature} was answered with {answer.Length} bytes. Check the address and the chain.");
    }
}
