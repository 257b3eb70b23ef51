using System.Buffers;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Noise;

namespace Aeamc.P2P.Libp2p.Yamux;

/// <summary>
/// Many streams over one encrypted connection (hashicorp/yamux spec.md with libp2p's window rules). One task reads frames and never waits
/// for a reader or a writer, so one slow stream cannot hold up another.
/// </summary>
internal sealed class YamuxSession
{
    // One whole Noise frame, some 60 us of decrypting: with more, four peers that send without pause make everybody else wait for milliseconds.
    private const int ReadBufferSize = 64 * 1024;
    private const int BytesInARow = 32 * 1024;
    private const int ReadsInARow = 4;

    private readonly object _gate = new();
    private readonly Dictionary<uint, YamuxStream> _streams = [];
    private readonly ConnectionChannel _channel;
    private readonly Action<YamuxStream> _onStream;
    private readonly RefusalCounters _refusals;
    private readonly bool _client;
    private readonly SkippedIds _skippedIds = new(YamuxOptions.AckBacklog);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private uint _nextId;
    private uint _lastRemoteId;
    private int _inbound;
    private int _outbound;
    private int _unacknowledged;
    private bool _goingAway;
    private bool _remoteGoingAway;
    private bool _closed;
    private long _buffered;
    private long _extraWindow;
    private uint _pingValue;
    private long _pingSent;
    private bool _pingPending;
    private bool _everPinged;
    private long _lastActivity;
    private int _idleFrames;

    /// <param name="channel">The encrypted connection; disposed of with the session.</param>
    /// <param name="remotePeer">Who is at its end.</param>
    /// <param name="client">Whether we dialled: the dialler's streams have odd numbers.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="refusals">Where violations are counted.</param>
    /// <param name="onStream">Takes each stream the peer opens; must not block.</param>
    public YamuxSession(
        ConnectionChannel channel,
        PeerId remotePeer,
        bool client,
        YamuxOptions options,
        TimeProvider time,
        RefusalCounters refusals,
        Action<YamuxStream> onStream)
    {
        _channel = channel;
        _client = client;
        _refusals = refusals;
        _onStream = onStream;
        RemotePeer = remotePeer;
        Options = options;
        Time = time;
        Outbox = new YamuxOutbox(channel, options.SendBufferBytes, StopSending);
        _nextId = client ? 1u : 2u;
        _lastActivity = time.GetTimestamp();
    }

    public PeerId RemotePeer { get; }

    /// <summary>The far end of the connection; told to the peer by Identify.</summary>
    public Multiaddress? RemoteAddress { get; init; }

    public YamuxOptions Options { get; }

    public TimeProvider Time { get; }

    public YamuxOutbox Outbox { get; }

    /// <summary>The last measured round trip; zero before the first.</summary>
    public TimeSpan RoundTrip { get; private set; }

    /// <summary>How the peer broke the protocol, when that ended the session; no honest peer does. Our own want of room is no offence.</summary>
    public string? Offence { get; private set; }

    /// <summary>Whether it ended by bytes that no key of the connection made. Anybody on the path can send them: no offence of the peer.</summary>
    public bool WasForged { get; private set; }

    /// <summary>Ends when the session is over.</summary>
    public Task Completion => _over.Task;

    /// <summary>Whether new streams may be opened.</summary>
    public bool CanOpen
    {
        get
        {
            lock (_gate)
            {
                return !_closed && !_goingAway && !_remoteGoingAway;
            }
        }
    }

    /// <summary>Open streams in both directions.</summary>
    public int StreamCount
    {
        get
        {
            lock (_gate)
            {
                return _streams.Count;
            }
        }
    }

    /// <summary>When a stream was last opened or closed, in the clock's timestamps.</summary>
    public long LastActivity => Interlocked.Read(ref _lastActivity);

    /// <summary>Reads frames until the connection ends. Never throws.</summary>
    public async Task RunAsync()
    {
        // A peer that sends without pause must not keep the thread of whoever set up the connection.
        await Task.Yield();
        var reader = new YamuxFrameReader(this);
        string? violation = null;
        try
        {
            bool open = true;
            int bytesInARow = 0;
            for (int inARow = 0; open && violation is null; inARow++)
            {
                ValueTask<bool> waiting = _channel.WaitForDataAsync();
                (inARow, bytesInARow) = waiting.IsCompleted ? (inARow, bytesInARow) : (0, 0);
                if (!await waiting.ConfigureAwait(false))
                {
                    break;
                }

                if (inARow == ReadsInARow || bytesInARow >= BytesInARow)
                {
                    // More comes faster than it is read: other connections have their turn.
                    (inARow, bytesInARow) = (0, 0);
                    await Task.Yield();
                }

                byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadBufferSize);
                try
                {
                    int read = await _channel.ReadAsync(buffer).ConfigureAwait(false);
                    open = read > 0;
                    bytesInARow += read;
                    violation = reader.Process(buffer.AsSpan(0, read));
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
        }
        catch (NoiseException e)
        {
            WasForged = true;
            _refusals.Count(e.Reason);
        }
        catch (ChannelClosedException)
        {
            // How most connections end; the streams are told below.
        }

        if (violation is not null)
        {
            Offence = violation == "yamux-receive-buffer-full" ? null : violation;
            await FailAsync(violation).ConfigureAwait(false);
        }

        Abort();
    }

    /// <summary>Opens a stream.</summary>
    /// <exception cref="Libp2pException">The session is ending, or a bound is reached.</exception>
    public YamuxStream OpenStream()
    {
        YamuxStream stream;
        bool sent;
        lock (_gate)
        {
            if (_closed || _goingAway || _remoteGoingAway)
            {
                throw new Libp2pException(Libp2pError.ConnectionLost, "The connection is closing.");
            }

            if (_outbound >= Options.MaxOutboundStreams || _unacknowledged >= YamuxOptions.AckBacklog)
            {
                throw new Libp2pException(Libp2pError.LimitReached, "Too many streams are open on the connection.");
            }

            stream = new YamuxStream(this, _nextId, outbound: true);
            // Numbers are never used twice; when they run out the session takes no more streams and the peer is dialled again.
            _goingAway = _nextId > uint.MaxValue - 2;
            _nextId = unchecked(_nextId + 2);
            _streams.Add(stream.Id, stream);
            _outbound++;
            _unacknowledged++;
            // Under the lock, so that streams opened at once are announced in the order of their numbers.
            sent = Outbox.TryAppendControl(new YamuxHeader(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, stream.Id, 0));
        }

        Touch();
        if (!sent)
        {
            FailControlFlood();
        }

        return stream;
    }

    /// <summary>Queues a frame without payload; a peer that lets even these pile up is disconnected.</summary>
    public void SendControl(in YamuxHeader header)
    {
        if (!Outbox.TryAppendControl(header))
        {
            FailControlFlood();
        }
    }

    /// <summary>Sends a probe, or closes the session when the last one stayed unanswered, and resets abandoned streams. Called regularly.</summary>
    public void Tick()
    {
        Interlocked.Exchange(ref _idleFrames, 0);
        long now = Time.GetTimestamp();
        bool dead = false, probe = false;
        List<YamuxStream>? abandoned = null;
        lock (_gate)
        {
            TimeSpan since = Time.GetElapsedTime(_pingSent, now);
            if (_pingPending)
            {
                dead = since > Options.KeepAliveTimeout;
            }
            else if (!_everPinged || since > Options.KeepAliveInterval)
            {
                probe = _pingPending = _everPinged = true;
                _pingSent = now;
                _pingValue = unchecked(_pingValue + 1);
            }

            foreach (YamuxStream stream in _streams.Values)
            {
                if (stream.DiscardingSince is { } left && Time.GetElapsedTime(left, now) > Options.KeepAliveTimeout)
                {
                    (abandoned ??= []).Add(stream);
                }
            }
        }

        abandoned?.ForEach(stream => stream.Reset());
        if (dead)
        {
            _refusals.Count("yamux-keepalive-timeout");
            Abort();
        }
        else if (probe)
        {
            SendControl(new YamuxHeader(YamuxFrameType.Ping, YamuxFlags.Syn, 0, _pingValue));
        }
    }

    /// <summary>Tells the peer, sends what is queued within <paramref name="patience"/>, and ends.</summary>
    public async Task CloseAsync(YamuxGoAwayCode code, TimeSpan patience)
    {
        lock (_gate)
        {
            _goingAway = true;
        }

        SendControl(new YamuxHeader(YamuxFrameType.GoAway, YamuxFlags.None, 0, (uint)code));
        // Real time also under a test clock: this waits for a socket.
        await Task.WhenAny(Outbox.DrainAsync(), Task.Delay(patience, TimeProvider.System)).ConfigureAwait(false);
        Abort();
    }

    /// <summary>Ends at once: all streams fail.</summary>
    public void Abort()
    {
        YamuxStream[] streams;
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            streams = [.. _streams.Values];
            _streams.Clear();
        }

        Outbox.Close();
        _channel.Dispose();
        foreach (YamuxStream stream in streams)
        {
            stream.Close(ChannelCloseReason.ConnectionLost);
        }

        _over.TrySetResult();
    }

    /// <summary>Forgets a stream of which both directions are ended.</summary>
    public void RemoveIfOver(YamuxStream stream)
    {
        // Asked before the gate is taken: a stream takes the session's gate under its own, so never the other way round. Over is for good.
        if (!stream.IsOver)
        {
            return;
        }

        bool last;
        lock (_gate)
        {
            if (!_streams.Remove(stream.Id))
            {
                return;
            }

            if (!stream.IsOutbound)
            {
                _inbound--;
            }
            else
            {
                _outbound--;
                if (!stream.Acknowledged)
                {
                    _unacknowledged--;
                }
            }

            _extraWindow -= stream.ExtraWindow;
            last = _remoteGoingAway && _streams.Count == 0;
        }

        Touch();
        if (last)
        {
            Abort();
        }
    }

    /// <summary>Whether a stream's window may grow; the session's growth is bounded by half of what it may buffer.</summary>
    public bool TryReserveWindow(long growth)
    {
        lock (_gate)
        {
            if (_extraWindow + growth > Options.MaxBufferedBytes / 2)
            {
                return false;
            }

            _extraWindow += growth;
            return true;
        }
    }

    /// <summary>Counts received bytes as waiting; false, and nothing counted, when too many wait here or in the whole host.</summary>
    public bool TryBuffer(int count)
    {
        long held = Interlocked.Add(ref _buffered, count);
        if (held <= Options.MaxBufferedBytes && Options.Budget.TryTake(count, held))
        {
            return true;
        }

        Interlocked.Add(ref _buffered, -count);
        return false;
    }

    /// <summary>Received bytes were read, or dropped.</summary>
    public void Released(long count)
    {
        Interlocked.Add(ref _buffered, -count);
        Options.Budget.Return(count);
    }

    /// <summary>Counts a frame that carried nothing; false when there were too many since the last <see cref="Tick"/>.</summary>
    public bool TryTakeIdleFrame() => Interlocked.Increment(ref _idleFrames) <= YamuxOptions.MaxIdleFrames;

    /// <summary>Finds an open stream.</summary>
    public YamuxStream? Find(uint id)
    {
        lock (_gate)
        {
            return _streams.GetValueOrDefault(id);
        }
    }

    /// <summary>Whether a frame for an unknown stream may be the tail of one that was open.</summary>
    public bool WasOpen(uint id)
    {
        lock (_gate)
        {
            return IsRemoteId(id) ? id <= _lastRemoteId : id < _nextId || _goingAway;
        }
    }

    /// <summary>The peer opens a stream. Gives the name of its violation, if any; the stream is null when it was refused by a reset.</summary>
    public string? Accept(uint id, out YamuxStream? stream)
    {
        stream = null;
        lock (_gate)
        {
            if (!IsRemoteId(id) || !TryUseRemoteId(id))
            {
                return "yamux-bad-stream-id";
            }

            if (!_closed && !_goingAway && _inbound < Options.MaxInboundStreams)
            {
                stream = new YamuxStream(this, id, outbound: false);
                _streams.Add(id, stream);
                _inbound++;
            }
        }

        Touch();
        if (stream is null)
        {
            _refusals.Count("yamux-too-many-streams");
            SendControl(new YamuxHeader(YamuxFrameType.WindowUpdate, YamuxFlags.Rst, id, 0));
            return null;
        }

        SendControl(new YamuxHeader(YamuxFrameType.WindowUpdate, YamuxFlags.Ack, id, 0));
        _onStream(stream);
        return null;
    }

    /// <summary>The peer acknowledged a stream of ours.</summary>
    public void Acknowledge(YamuxStream stream)
    {
        lock (_gate)
        {
            if (stream.IsOutbound && !stream.Acknowledged)
            {
                stream.Acknowledged = true;
                _unacknowledged--;
            }
        }
    }

    /// <summary>The peer's answer to a probe, or its own probe.</summary>
    public void OnPing(in YamuxHeader header)
    {
        if (header.Flags.HasFlag(YamuxFlags.Syn))
        {
            SendControl(header with { Flags = YamuxFlags.Ack });
            return;
        }

        lock (_gate)
        {
            // Only the answer to the probe in flight counts: any other number would fake a liveness or a round trip.
            if (_pingPending && header.Length == _pingValue)
            {
                _pingPending = false;
                RoundTrip = Time.GetElapsedTime(_pingSent);
            }
        }
    }

    /// <summary>The peer takes no new streams.</summary>
    public void OnGoAway()
    {
        bool idle;
        lock (_gate)
        {
            _remoteGoingAway = true;
            idle = _streams.Count == 0;
        }

        if (idle)
        {
            Abort();
        }
    }

    // What the peer sent before the connection broke may still lie in the socket: the reader takes it to its end, and then ends the session.
    private void StopSending()
    {
        lock (_gate)
        {
            _goingAway = true;
        }

        Outbox.Close();
        _channel.Shutdown();
    }

    private void FailControlFlood()
    {
        _refusals.Count("yamux-control-flood");
        Abort();
    }

    private async Task FailAsync(string violation)
    {
        _refusals.Count(violation);
        await CloseAsync(YamuxGoAwayCode.ProtocolError, TimeSpan.FromMilliseconds(200)).ConfigureAwait(false);
    }

    // No number twice. Muxers that number a stream first and announce it later (go-yamux) may announce two in the other order.
    private bool TryUseRemoteId(uint id)
    {
        if (id <= _lastRemoteId)
        {
            return _skippedIds.Remove(id);
        }

        uint first = _lastRemoteId == 0 ? (id % 2 == 0 ? 2u : 1u) : _lastRemoteId + 2;
        for (uint skipped = Math.Max(first, id - Math.Min(id, 2 * YamuxOptions.AckBacklog)); skipped < id; skipped += 2)
        {
            _skippedIds.Enqueue(skipped);
        }

        _lastRemoteId = id;
        return true;
    }

    private bool IsRemoteId(uint id) => id != 0 && (id % 2 == 0) == _client;

    private void Touch() => Interlocked.Exchange(ref _lastActivity, Time.GetTimestamp());
}
