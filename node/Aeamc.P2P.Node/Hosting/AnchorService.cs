using Aeamc.P2P.Anchoring;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Cryptography.Evm;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Primitives;
using Microsoft.Extensions.Logging;

namespace Aeamc.P2P.Node.Hosting;

/// <summary>The anchors that this node's configuration asks for, and what they have confirmed.</summary>
public sealed class AnchorService : IAsyncDisposable
{
    /// <summary>Confirmations remembered for status.</summary>
    private const int Remembered = 64;

    /// <summary>A node waits this long for each one before it in the order of a height.</summary>
    private static readonly TimeSpan StepIn = TimeSpan.FromSeconds(4);

    private readonly List<IAnchor> _anchors = [];
    private readonly EvmWallet? _wallet;
    private readonly Queue<AnchorStatus> _confirmed = new();
    private readonly Lock _gate = new();
    private readonly ILogger _logger;
    private readonly EventHub _events;

    public AnchorService(NodeConfig config, GenesisDocument genesis, NodeIndex self, TimeProvider time, ILogger logger, EventHub events)
    {
        _logger = logger;
        _events = events;
        if (config.AnchorJournal)
        {
            _anchors.Add(new JournalAnchor(Path.Combine(config.DataDirectory, "anchors.journal"), time, logger.Anchoring));
        }

        if (config.AnchorRpcUrls.Count > 0)
        {
            if (!EvmAddress.TryParse(config.AnchorContract, out EvmAddress contract))
            {
                throw new ConfigException($"{config.Path}: anchor.contract: rpc_urls are set, but no contract. Write the address of AeamcAnchor on that chain.");
            }

            _wallet = config.AnchorWalletKeyFile is { } file ? EvmWallet.Load(file) : null;
            _anchors.Add(new EvmRelayer(new EvmRelayerOptions
            {
                RpcUrls = [.. config.AnchorRpcUrls.Select(url => new Uri(url))],
                Contract = contract,
                Wallet = _wallet,
                ClusterId = genesis.ClusterId,
                Rank = self,
                CommitteeSize = genesis.Committee.Count,
                StepInInterval = StepIn,
                Confirmations = config.AnchorConfirmations,
                MaxFeeGwei = (ulong)config.AnchorMaxFeeGwei,
                Time = time,
                Log = logger.Anchoring,
            }));
        }

        foreach (IAnchor anchor in _anchors)
        {
            anchor.Confirmed += OnConfirmed;
        }
    }

    /// <summary>The newest confirmations, oldest first.</summary>
    public IReadOnlyList<AnchorStatus> Confirmed
    {
        get
        {
            lock (_gate)
            {
                return [.. _confirmed];
            }
        }
    }

    public void Start() => _anchors.ForEach(anchor => anchor.Start());

    /// <summary>What each anchor is doing, in a sentence.</summary>
    public IReadOnlyList<string> States => [.. _anchors.Select(anchor => anchor.State)];

    /// <summary>A newer checkpoint is to be anchored.</summary>
    public void Offer(SignedCheckpoint signed) => _anchors.ForEach(anchor => anchor.Offer(signed));

    public async ValueTask DisposeAsync()
    {
        foreach (IAnchor anchor in _anchors)
        {
            await anchor.DisposeAsync();
        }

        _wallet?.Dispose();
    }

    private void OnConfirmed(AnchorConfirmation confirmation)
    {
        ulong height = confirmation.Checkpoint.Height.Value;
        var status = new AnchorStatus(confirmation.Chain, height, confirmation.Transaction, confirmation.Gas, confirmation.SentByUs);
        lock (_gate)
        {
            _confirmed.Enqueue(status);
            if (_confirmed.Count > Remembered)
            {
                _confirmed.Dequeue();
            }
        }

        _logger.Anchored(height, status.Chain, status.Transaction, status.Gas);
        _events.Publish(new AnchoredEvent(height, status.Chain, status.Transaction, status.Gas, status.Sender));
    }
}
