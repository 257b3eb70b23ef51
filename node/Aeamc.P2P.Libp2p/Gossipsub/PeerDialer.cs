using Aeamc.P2P.Libp2p.Hosting;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Records;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>Connects to the peers that the router asks for: those with an agreement, and those that others named in a PRUNE.</summary>
internal sealed class PeerDialer(ILibp2pHost host, PubsubSettings settings, TaskTracker tasks, Action<Libp2pLogLevel, string> log, CancellationToken stopping)
{
    /// <summary>Dials a peer with an agreement (v1.1, Explicit Peering Agreements).</summary>
    public void ConnectDirect(PeerId peer) => tasks.Run(() => ConnectAsync([settings.DirectPeers[peer].WithPeer(peer)]));

    /// <summary>Dials peers named in a PRUNE, if their records are their own (v1.1, PRUNE Backoff and Peer Exchange).</summary>
    /// <param name="source">Who named them.</param>
    /// <param name="peers">Whom, with their records.</param>
    public void ConnectExchanged(PeerId source, IReadOnlyList<PeerExchangeInfo> peers)
    {
        foreach (PeerExchangeInfo info in peers)
        {
            // Without a record there is no address; with a forged one, nobody to believe.
            if (SignedPeerRecord.TryOpen(info.SignedPeerRecord.Span, out SignedPeerRecord? record) && record.Peer == info.Peer)
            {
                tasks.Run(() => host.MeetAsync(source, record, info.SignedPeerRecord, stopping));
            }
            else
            {
                host.Refusals.Count("pubsub-bad-peer-record");
            }
        }
    }

    private async Task ConnectAsync(Multiaddress[] addresses)
    {
        foreach (Multiaddress address in addresses)
        {
            try
            {
                await host.ConnectAsync(address, stopping).ConfigureAwait(false);
                return;
            }
            catch (Libp2pException e)
            {
                log(Libp2pLogLevel.Debug, $"{address}: {e.Message}");
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
