using Aeamc.P2P.Anchoring;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Node.Configuration;
using Microsoft.Extensions.Logging;

namespace Aeamc.P2P.Node.Hosting;

/// <summary>The anchors that this node's configuration asks for, and what they have confirmed.</summary>
public sealed class AnchorService : IAsyncDisposable
{
    /// <summary>Confirmations remembered for status.</summary>
    private const int Remembered = 64;

    private readonly List<IAnchor> _anchors = [];
    private readonly Queue<AnchorStatus> _confirmed = new();
    private readonly Lock _gate = new();
    private readonly ILogger _logger;
    private readonly EventHub _events;

    public AnchorService(NodeConfig config, TimeProvider time, ILogger logger, EventHub events)
    {
        _logger = logger;
        _events = events;
        if (config.AnchorJournal)
        {
            _anchors.Add(new JournalAnchor(Path.Combine(config.DataDirectory, "anchors.journal"), time));
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

    /// <summary>A newer checkpoint is to be anchored.</summary>
    public void Offer(SignedCheckpoint signed) => _anchors.ForEach(anchor => anchor.Offer(signed));

    public async ValueTask DisposeAsync()
    {
        foreach (IAnchor anchor in _anchors)
        {
            await anchor.DisposeAsync();
        }
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
