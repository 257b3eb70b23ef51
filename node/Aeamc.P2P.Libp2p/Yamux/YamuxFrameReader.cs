namespace Aeamc.P2P.Libp2p.Yamux;

/// <summary>
/// Parses frames out of decrypted bytes as they come, however they are cut, and hands data to streams without holding a frame back:
/// what is buffered is bounded by the streams' windows, not by a length that the peer claims.
/// </summary>
internal sealed class YamuxFrameReader(YamuxSession session)
{
    private readonly byte[] _header = new byte[YamuxHeader.Size];
    private int _headerFilled;
    private uint _dataLeft;
    private YamuxHeader _current;
    private YamuxStream? _stream;

    /// <summary>Takes the next bytes; gives the name of the peer's violation, or null.</summary>
    public string? Process(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_dataLeft > 0)
            {
                ReadOnlySpan<byte> data = bytes[..(int)Math.Min((uint)bytes.Length, _dataLeft)];
                bytes = bytes[data.Length..];
                _dataLeft -= (uint)data.Length;
                if ((Deliver(data) ?? (_dataLeft == 0 ? EndOfFrame() : null)) is { } violation)
                {
                    return violation;
                }

                continue;
            }

            int missing = Math.Min(bytes.Length, YamuxHeader.Size - _headerFilled);
            bytes[..missing].CopyTo(_header.AsSpan(_headerFilled));
            _headerFilled += missing;
            bytes = bytes[missing..];
            if (_headerFilled == YamuxHeader.Size)
            {
                _headerFilled = 0;
                if (OnHeader() is { } violation)
                {
                    return violation;
                }
            }
        }

        return null;
    }

    private string? OnHeader()
    {
        if (!YamuxHeader.TryRead(_header, out _current))
        {
            return "yamux-bad-header";
        }

        switch (_current.Type)
        {
            case YamuxFrameType.Ping:
                if (_current.StreamId != 0)
                {
                    return "yamux-bad-header";
                }

                session.OnPing(_current);
                return null;
            case YamuxFrameType.GoAway:
                session.OnGoAway();
                return null;
            default:
                return OnStreamFrame();
        }
    }

    private string? OnStreamFrame()
    {
        if (_current.StreamId == 0)
        {
            return "yamux-bad-stream-id";
        }

        _stream = null;
        if (_current.Flags.HasFlag(YamuxFlags.Syn))
        {
            if (session.Accept(_current.StreamId, out _stream) is { } violation)
            {
                return violation;
            }
        }
        else
        {
            _stream = session.Find(_current.StreamId);
            if (_stream is null && !session.WasOpen(_current.StreamId))
            {
                return "yamux-unknown-stream";
            }
        }

        if (_stream is not null && _current.Flags.HasFlag(YamuxFlags.Ack))
        {
            session.Acknowledge(_stream);
        }

        if (_current.Type == YamuxFrameType.Data)
        {
            // No window of ours was ever larger, whatever became of the stream.
            if (_current.Length > (uint)session.Options.MaxStreamWindow)
            {
                return "yamux-frame-too-long";
            }

            _dataLeft = _current.Length;
            return _dataLeft == 0 ? EndOfFrame() : null;
        }

        if (_stream is not null && !_stream.AddCredit(_current.Length))
        {
            return "yamux-credit-overflow";
        }

        return EndOfFrame();
    }

    private string? Deliver(ReadOnlySpan<byte> data)
    {
        switch (_stream?.Deliver(data))
        {
            case DeliverResult.Violation:
                return "yamux-window-overrun";
            case DeliverResult.Unwanted:
                _stream.Reset();
                return null;
            case DeliverResult.Overflow:
                return "yamux-receive-buffer-full";
            default:
                return null;
        }
    }

    private string? EndOfFrame()
    {
        if (_stream is { } stream)
        {
            if (_current.Flags.HasFlag(YamuxFlags.Rst))
            {
                stream.Close(ChannelCloseReason.ResetByPeer);
            }
            else if (_current.Flags.HasFlag(YamuxFlags.Fin))
            {
                stream.RemoteClosed();
            }

            session.RemoveIfOver(stream);
            _stream = null;
        }

        return null;
    }
}
