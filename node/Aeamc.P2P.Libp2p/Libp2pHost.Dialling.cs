using System.Net;
using System.Net.Sockets;
using Aeamc.P2P.Libp2p.Discovery;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Multistream;
using Aeamc.P2P.Libp2p.Noise;
using Aeamc.P2P.Libp2p.Transport;

namespace Aeamc.P2P.Libp2p;

// Connections that we begin.
public sealed partial class Libp2pHost
{
    private async Task<PeerId> ConnectAsync(Multiaddress address, Func<IPAddress, bool> isAllowed, CancellationToken cancellationToken)
    {
        if (!_started || _stopping.IsCancellationRequested)
        {
            throw new Libp2pException(Libp2pError.HostStopped, "The host does not run.");
        }

        if (address.Peer == LocalPeer)
        {
            throw new Libp2pException(Libp2pError.SelfDial, $"{address} is our own address.");
        }

        if (address.Peer is { } known && _table.Preferred(known) is { Session.CanOpen: true })
        {
            return known;
        }

        if (address.Peer is { } named && _guard.IsBanned(named))
        {
            throw new Libp2pException(Libp2pError.LimitReached, $"{named} is banned for what it did.");
        }

        using var dialing = new CancellationTokenSource(_options.Limits.DialTimeout, Time);
        using var handshaking = new CancellationTokenSource(_options.Limits.DialTimeout + _options.Limits.HandshakeTimeout, Time);
        using var dial = CancellationTokenSource.CreateLinkedTokenSource(dialing.Token, cancellationToken, _stopping.Token);
        using var shake = CancellationTokenSource.CreateLinkedTokenSource(handshaking.Token, cancellationToken, _stopping.Token);
        Socket? socket = null;
        try
        {
            socket = await TcpDialer.ConnectAsync(address, isAllowed, dial.Token).ConfigureAwait(false);
            (NoiseChannel channel, PeerId peer) = await _upgrader.UpgradeAsync(socket, outbound: true, address.Peer, shake.Token).ConfigureAwait(false);
            Adopt(channel, peer, ConnectionDirection.Outbound, (IPEndPoint)socket.RemoteEndPoint!);
            socket = null;
            return peer;
        }
        catch (NoiseException e)
        {
            Refusals.Count(e.Reason);
            throw e.Reason == "noise-wrong-peer"
                ? new Libp2pException(Libp2pError.WrongPeer, $"Another peer than {address.Peer} answers at {address}.", e)
                : new Libp2pException(Libp2pError.HandshakeFailed, $"The handshake with {address} failed: {e.Reason}.", e);
        }
        catch (MultistreamException e)
        {
            Refusals.Count(e.Reason);
            throw new Libp2pException(Libp2pError.HandshakeFailed, $"The handshake with {address} failed: {e.Reason}.", e);
        }
        catch (ChannelClosedException e)
        {
            throw new Libp2pException(Libp2pError.HandshakeFailed, $"{address} closed the connection during the handshake.", e);
        }
        catch (SocketException e)
        {
            throw new Libp2pException(Libp2pError.DialFailed, $"{address} cannot be reached: {e.SocketErrorCode}.", e);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && !_stopping.IsCancellationRequested)
        {
            throw new Libp2pException(Libp2pError.TimedOut, $"{address} did not answer in time.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new Libp2pException(Libp2pError.HostStopped, "The host was stopped.");
        }
        finally
        {
            socket?.Dispose();
        }
    }

    // Dials what a stranger told. False when none of the addresses led to the peer.
    private async Task<bool> DialAsync(PeerId peer, IReadOnlyList<Multiaddress> addresses, CancellationToken cancellationToken)
    {
        foreach (Multiaddress address in addresses.Where(address => AddressPolicy.MayDial(address, _options.AllowPrivateAddresses)))
        {
            try
            {
                await ConnectAsync(address.WithPeer(peer), ip => _options.AllowPrivateAddresses || AddressPolicy.IsPublic(ip), cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (Libp2pException e)
            {
                Log(Libp2pLogLevel.Debug, $"{address}: {e.Message}");
            }
            catch (OperationCanceledException)
            {
                return true;
            }
        }

        return _stopping.IsCancellationRequested;
    }
}
