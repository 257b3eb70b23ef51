using System.Collections.Concurrent;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Multistream;
using Aeamc.P2P.Libp2p.Yamux;

namespace Aeamc.P2P.Libp2p.Hosting;

/// <summary>Which handler serves which protocol, and the life of an inbound stream from its first byte to the handler's end.</summary>
internal sealed class StreamRouter
{
    private readonly ConcurrentDictionary<string, StreamHandler> _handlers = new(StringComparer.Ordinal);
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly RefusalCounters _refusals;
    private readonly Action<string, Exception> _onHandlerFailure;
    private readonly Action<PeerId> _onFault;
    private readonly CancellationToken _stopping;

    public StreamRouter(
        TimeSpan negotiationTimeout,
        TimeProvider time,
        RefusalCounters refusals,
        Action<string, Exception> onHandlerFailure,
        Action<PeerId> onFault,
        CancellationToken stopping)
    {
        _timeout = negotiationTimeout;
        _time = time;
        _refusals = refusals;
        _onHandlerFailure = onHandlerFailure;
        _onFault = onFault;
        _stopping = stopping;
    }

    /// <summary>The protocols served, sorted.</summary>
    public IReadOnlyList<string> Protocols => [.. _handlers.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Adds a protocol.</summary>
    /// <exception cref="ArgumentException">It has a handler, or is no protocol id.</exception>
    public void Add(string protocol, StreamHandler handler)
    {
        if (!protocol.StartsWith('/') || protocol.Length >= MultistreamSelect.MaxLine || protocol.Any(c => c is < '!' or > '~'))
        {
            throw new ArgumentException($"'{protocol}' is not a protocol id such as /aeamc/sync/1.", nameof(protocol));
        }

        if (!_handlers.TryAdd(protocol, handler))
        {
            throw new ArgumentException($"{protocol} has a handler already.", nameof(protocol));
        }
    }

    /// <summary>Serves a stream the peer opened. Never throws.</summary>
    public async Task ServeAsync(YamuxStream stream)
    {
        try
        {
            await using (stream.ConfigureAwait(false))
            {
                if (await NegotiateAsync(stream).ConfigureAwait(false) is { } handler)
                {
                    await RunAsync(stream, handler).ConfigureAwait(false);
                }
                else
                {
                    stream.Reset();
                }
            }
        }
        catch (Exception e)
        {
            _onHandlerFailure(stream.Protocol, e);
        }
    }

    private async Task<StreamHandler?> NegotiateAsync(YamuxStream stream)
    {
        using var late = new CancellationTokenSource(_timeout, _time);
        try
        {
            string? protocol = await MultistreamSelect.ListenAsync(stream, _handlers.ContainsKey, late.Token).ConfigureAwait(false);
            if (protocol is null)
            {
                _refusals.Count("stream-protocol-unsupported");
                return null;
            }

            stream.NegotiatedProtocol = protocol;
            return _handlers[protocol];
        }
        catch (MultistreamException e)
        {
            _refusals.Count(e.Reason);
            _onFault(stream.RemotePeer);
        }
        catch (OperationCanceledException)
        {
            _refusals.Count("stream-negotiation-timeout");
            _onFault(stream.RemotePeer);
        }
        catch (ChannelClosedException)
        {
            // The peer thought better of it.
        }

        return null;
    }

    private async Task RunAsync(YamuxStream stream, StreamHandler handler)
    {
        try
        {
            await handler(stream, _stopping).ConfigureAwait(false);
        }
        catch (ChannelClosedException e)
        {
            if (e.Reason is ChannelCloseReason.MessageTooLong)
            {
                _refusals.Count("stream-message-too-long");
                _onFault(stream.RemotePeer);
            }

            stream.Reset();
        }
        catch (OperationCanceledException)
        {
            stream.Reset();
        }
        catch (Exception e)
        {
            _onHandlerFailure(stream.Protocol, e);
            stream.Reset();
        }
    }
}
