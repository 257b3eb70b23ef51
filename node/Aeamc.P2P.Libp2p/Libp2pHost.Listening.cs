using System.Net;
using System.Net.Sockets;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Multistream;
using Aeamc.P2P.Libp2p.Noise;

namespace Aeamc.P2P.Libp2p;

// Connections that come to us, until they are let in.
public sealed partial class Libp2pHost
{
    private void Listen(Multiaddress address)
    {
        IPEndPoint endPoint = address.ToIpEndPoint()
            ?? throw new ArgumentException($"{address} cannot be listened on: it must be an IP address.");
        var listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listeners.Add(listener);
        listener.Bind(endPoint);
        listener.Listen(512);
        _listenAddresses = [.. _listenAddresses, Multiaddress.FromEndPoint((IPEndPoint)listener.LocalEndPoint!, LocalPeer)];
        _tasks.Run(() => AcceptAsync(listener));
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (!_stopping.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // Out of descriptors, or the stranger left already: neither may end the listener, nor make it spin.
                Refusals.Count("accept-failed");
                Log(Libp2pLogLevel.Warning, $"a connection could not be accepted: {e.SocketErrorCode}");
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System).ConfigureAwait(false);
                continue;
            }

            Admit(socket);
        }
    }

    private void Admit(Socket socket)
    {
        if (socket.RemoteEndPoint is not IPEndPoint remote)
        {
            socket.Dispose();
            return;
        }

        string? refusal = _table.RefusalFor(remote.Address) ?? _inbound.TryEnter(remote.Address);
        if (refusal is not null)
        {
            Refusals.Count(refusal);
            socket.Dispose();
            return;
        }

        _tasks.Run(() => WelcomeAsync(socket, remote));
    }

    private async Task WelcomeAsync(Socket socket, IPEndPoint remote)
    {
        bool adopted = false;
        using var late = new CancellationTokenSource(_options.Limits.HandshakeTimeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _stopping.Token);
        try
        {
            (NoiseChannel channel, PeerId peer) = await _upgrader.UpgradeAsync(socket, outbound: false, expected: null, either.Token).ConfigureAwait(false);
            adopted = true;
            Adopt(channel, peer, ConnectionDirection.Inbound, remote);
        }
        catch (NoiseException e)
        {
            Refusals.Count(e.Reason);
        }
        catch (MultistreamException e)
        {
            Refusals.Count(e.Reason);
        }
        catch (ChannelClosedException)
        {
            Refusals.Count("handshake-ended");
        }
        catch (OperationCanceledException)
        {
            Refusals.Count(_stopping.IsCancellationRequested ? "host-stopped" : "handshake-timeout");
        }
        catch (Libp2pException e)
        {
            // Adopt has counted it.
            Log(Libp2pLogLevel.Debug, $"refused {remote}: {e.Message}");
        }
        finally
        {
            _inbound.Leave(remote.Address, failed: !adopted && !_stopping.IsCancellationRequested);
            if (!adopted)
            {
                socket.Dispose();
            }
        }
    }
}
