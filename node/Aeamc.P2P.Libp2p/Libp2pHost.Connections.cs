using System.Net;
using Aeamc.P2P.Libp2p.Hosting;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Noise;
using Aeamc.P2P.Libp2p.Yamux;

namespace Aeamc.P2P.Libp2p;

// Connections that stand: what is done with them once a second, and how they end.
public sealed partial class Libp2pHost
{
    // Takes over a finished connection; disposes of it when a limit forbids it.
    private void Adopt(NoiseChannel channel, PeerId peer, ConnectionDirection direction, IPEndPoint remote)
    {
        Multiaddress address = Multiaddress.FromEndPoint(remote);
        var session = new YamuxSession(channel, peer, direction == ConnectionDirection.Outbound, _yamux, Time, Refusals, Serve) { RemoteAddress = address };
        var connection = new PeerConnection(Interlocked.Increment(ref _connectionNumber), peer, direction, address, remote.Address, Time.GetTimestamp(), session);
        PeerConnection? displaced = null;
        string? refusal = peer == LocalPeer ? "self-connection" : _table.TryAdd(connection, out displaced);
        if (refusal is not null)
        {
            Refusals.Count(refusal);
            session.Abort();
            throw new Libp2pException(
                peer == LocalPeer ? Libp2pError.SelfDial : Libp2pError.LimitReached,
                $"The connection with {peer} was refused: {refusal}.");
        }

        if (displaced is not null)
        {
            Refusals.Count("connection-displaced");
            Close(displaced, YamuxGoAwayCode.Normal);
        }

        Log(Libp2pLogLevel.Debug, $"{direction} connection with {peer} at {address}");
        _tasks.Run(() => RunAsync(connection));
        _tasks.Run(() => _identify.AskAsync(connection, _stopping.Token));
    }

    private async Task RunAsync(PeerConnection connection)
    {
        try
        {
            await connection.Session.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            connection.Session.Abort();
            if (connection.Session.Offence is { } offence)
            {
                Punish(connection.Peer, offence);
            }
            else if (connection.Session.WasForged && connection.Direction == ConnectionDirection.Inbound)
            {
                _inbound.Failed(connection.RemoteIp);
            }

            _table.Remove(connection);
            Log(Libp2pLogLevel.Debug, $"connection with {connection.Peer} at {connection.RemoteAddress} is over");
        }
    }

    private void Serve(YamuxStream stream) => _tasks.Run(() => _router.ServeAsync(stream));

    private async Task MaintainAsync()
    {
        using var timer = new PeriodicTimer(MaintenanceInterval, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                foreach (PeerConnection connection in _table.Connections)
                {
                    Maintain(connection);
                }

                Trim();
                BanLowScores();
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private void Maintain(PeerConnection connection)
    {
        connection.Session.Tick();
        if (connection.Session.StreamCount > 0)
        {
            return;
        }

        TimeSpan idle = Time.GetElapsedTime(connection.Session.LastActivity);
        bool surplus = idle > SurplusPatience && LocalPeer < connection.Peer && _table.IsSurplus(connection);
        if (surplus || (idle > _options.Limits.IdleTimeout && !_bootstrap.Contains(connection.Peer) && !_guard.IsProtected(connection.Peer)))
        {
            Close(connection, YamuxGoAwayCode.Normal);
        }
    }

    private void Trim()
    {
        foreach (PeerConnection connection in _table.Surplus(peer => _score?.Invoke(peer) ?? 0, MayTrim))
        {
            // Saying good-bye may take longer than until the next look.
            if (!connection.Trimmed)
            {
                connection.Trimmed = true;
                Refusals.Count("connection-trimmed");
                Close(connection, YamuxGoAwayCode.Normal);
            }
        }
    }

    private bool MayTrim(PeerConnection connection) =>
        !_bootstrap.Contains(connection.Peer) && Time.GetElapsedTime(connection.Since) > _options.Limits.TrimGrace;

    private void BanLowScores()
    {
        if (_score is not { } score)
        {
            return;
        }

        foreach (PeerInfo peer in _table.Peers.Where(peer => !_guard.IsProtected(peer.Id)))
        {
            if (score(peer.Id) < _minimumScore)
            {
                Penalise(peer.Id, "score-too-low");
            }
        }
    }

    private void OnStreamFault(PeerId peer)
    {
        if (!_streamFaults.TryTake(peer))
        {
            Penalise(peer, "stream-faults");
        }
    }

    // Only for what came over an authenticated connection. Several reports of one deed, or of several connections, are one offence.
    private void Punish(PeerId peer, string reason)
    {
        if (_guard.IsProtected(peer))
        {
            Refusals.Count("offence-by-protected-peer");
        }
        else if (!_guard.Bans.Contains(peer))
        {
            Refusals.Count("banned");
            foreach (PeerConnection inbound in _table.Connections.Where(connection => connection.Peer == peer && connection.Direction == ConnectionDirection.Inbound))
            {
                _inbound.Offended(inbound.RemoteIp);
            }

            Log(Libp2pLogLevel.Information, $"{peer} at {_table.Describe(peer)?.RemoteAddress} is banned for {_guard.Bans.Ban(peer)}: {reason}");
        }

        foreach (PeerConnection connection in _table.Connections.Where(connection => connection.Peer == peer))
        {
            Close(connection, YamuxGoAwayCode.ProtocolError);
        }
    }
}
