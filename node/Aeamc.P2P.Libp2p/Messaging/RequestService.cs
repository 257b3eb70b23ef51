using System.Buffers;
using System.Collections.Concurrent;
using Aeamc.P2P.Libp2p.Hosting;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Multistream;
using Aeamc.P2P.Libp2p.Yamux;

namespace Aeamc.P2P.Libp2p.Messaging;

/// <summary>One request, one response, one stream; each a message with a uvarint length, within the protocol's limits.</summary>
internal sealed class RequestService
{
    // A peer that was disconnected and comes back soon finds its account as it left it.
    private const int RememberedPeers = 4096;

    private readonly ConcurrentDictionary<string, RequestOptions> _options = new(StringComparer.Ordinal);
    private readonly ConnectionTable _table;
    private readonly TimeProvider _time;
    private readonly RefusalCounters _refusals;

    public RequestService(ConnectionTable table, TimeProvider time, RefusalCounters refusals)
    {
        _table = table;
        _time = time;
        _refusals = refusals;
    }

    /// <summary>Makes the stream handler that serves a protocol.</summary>
    public StreamHandler Register(string protocol, RequestOptions options, RequestHandler handler)
    {
        _options[protocol] = options;
        var quota = new PeerQuota(options.MaxConcurrentPerPeer);
        var rate = new KeyedRate<PeerId>(options.MaxPerSecond, options.Burst, RememberedPeers, _time);
        return async (stream, cancellationToken) =>
        {
            if (!rate.TryTake(stream.RemotePeer))
            {
                _refusals.Count("request-rate");
                stream.Reset();
                return;
            }

            if (!quota.TryTake(stream.RemotePeer))
            {
                _refusals.Count("request-quota");
                stream.Reset();
                return;
            }

            try
            {
                await ServeAsync(stream, options, handler, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                quota.Return(stream.RemotePeer);
            }
        };
    }

    /// <summary>Asks a connected peer.</summary>
    public async ValueTask<RequestResult> RequestAsync(PeerId peer, string protocol, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        RequestOptions options = _options.GetValueOrDefault(protocol, RequestOptions.Default);
        if (request.Length > options.MaxRequestBytes)
        {
            return Failed(RequestStatus.RequestTooLong);
        }

        if (_table.Preferred(peer) is not { } connection)
        {
            return Failed(RequestStatus.NotConnected);
        }

        using var late = new CancellationTokenSource(options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            // A peer that said it serves the protocol gets the request along with the proposal: one round trip instead of two.
            if (_table.Find(peer)?.Identity is { } identity)
            {
                return identity.Protocols.Contains(protocol)
                    ? await AskAtOnceAsync(connection, protocol, request, options, either.Token).ConfigureAwait(false)
                    : Failed(RequestStatus.ProtocolUnsupported);
            }

            YamuxStream stream = await connection.OpenStreamAsync([protocol], options.Timeout, either.Token).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                await LengthPrefixed.WriteAsync(stream, request, either.Token).ConfigureAwait(false);
                return await ReadResponseAsync(stream, options, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            return Failed(cancellationToken.IsCancellationRequested ? RequestStatus.Cancelled : RequestStatus.TimedOut);
        }
        catch (Libp2pException e)
        {
            return Failed(e.Error switch
            {
                Libp2pError.ProtocolUnsupported => RequestStatus.ProtocolUnsupported,
                Libp2pError.TimedOut => RequestStatus.TimedOut,
                Libp2pError.LimitReached => RequestStatus.Refused,
                _ => RequestStatus.NotConnected,
            });
        }
        catch (MultistreamException e)
        {
            _refusals.Count(e.Reason);
            return Failed(RequestStatus.ResponseInvalid);
        }
        catch (ChannelClosedException e)
        {
            return Failed(e.Reason switch
            {
                ChannelCloseReason.ResetByPeer => RequestStatus.Refused,
                ChannelCloseReason.ConnectionLost => RequestStatus.NotConnected,
                _ => RequestStatus.ResponseInvalid,
            });
        }
    }

    private static async ValueTask<RequestResult> AskAtOnceAsync(
        PeerConnection connection, string protocol, ReadOnlyMemory<byte> request, RequestOptions options, CancellationToken cancellationToken)
    {
        YamuxStream stream = connection.Session.OpenStream();
        await using (stream.ConfigureAwait(false))
        {
            stream.NegotiatedProtocol = protocol;
            byte[] proposal = MultistreamSelect.Optimistic(protocol);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(proposal.Length + UVarint.MaxLength + request.Length);
            try
            {
                proposal.CopyTo(buffer, 0);
                int length = proposal.Length + LengthPrefixed.Write(buffer.AsSpan(proposal.Length), request.Span);
                await stream.WriteAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            stream.CloseWrite();
            return await MultistreamSelect.ConfirmAsync(stream, protocol, cancellationToken).ConfigureAwait(false)
                ? await ReadResponseAsync(stream, options, cancellationToken).ConfigureAwait(false)
                : Failed(RequestStatus.ProtocolUnsupported);
        }
    }

    private static async ValueTask<RequestResult> ReadResponseAsync(YamuxStream stream, RequestOptions options, CancellationToken cancellationToken)
    {
        stream.CloseWrite();
        byte[]? response = await LengthPrefixed.ReadAsync(stream, options.MaxResponseBytes, cancellationToken).ConfigureAwait(false);
        return response is null ? Failed(RequestStatus.Refused) : new RequestResult(RequestStatus.Ok, response);
    }

    private async Task ServeAsync(PeerStream stream, RequestOptions options, RequestHandler handler, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            byte[]? request = await LengthPrefixed.ReadAsync(stream, options.MaxRequestBytes, either.Token).ConfigureAwait(false);
            if (request is null)
            {
                return;
            }

            ReadOnlyMemory<byte>? response = await handler(stream.RemotePeer, request, either.Token).ConfigureAwait(false);
            if (response is null)
            {
                stream.Reset();
            }
            else if (response.Value.Length > options.MaxResponseBytes)
            {
                // The handler's limits and the protocol's disagree: the peer would refuse it, so it is not sent.
                _refusals.Count("response-too-long");
                stream.Reset();
            }
            else
            {
                await LengthPrefixed.WriteAsync(stream, response.Value, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            _refusals.Count("request-timeout");
            stream.Reset();
        }
    }

    private static RequestResult Failed(RequestStatus status) => new(status, default);
}
