using Aeamc.P2P.Libp2p.Hosting;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Records;
using Aeamc.P2P.Libp2p.Yamux;
using Google.Protobuf;

namespace Aeamc.P2P.Libp2p.Identify;

/// <summary>Identify and identify/push (libp2p specs, identify/README.md): who a peer says it is, which protocols it serves, and where.</summary>
internal sealed class IdentifyService
{
    /// <summary>The longest message that is read.</summary>
    public const int MaxMessage = 8 * 1024;

    private const int MaxProtocols = 256;
    private const int MaxAddresses = 32;
    private const int MaxText = 256;

    private readonly Libp2pHostOptions _options;
    private readonly ConnectionTable _table;
    private readonly StreamRouter _router;
    private readonly RefusalCounters _refusals;
    private readonly Action<PeerId, string> _penalise;
    private readonly Func<IReadOnlyList<Multiaddress>> _addresses;
    private readonly ulong _sequence;
    private SealedRecord? _record;

    public IdentifyService(
        Libp2pHostOptions options,
        ConnectionTable table,
        StreamRouter router,
        RefusalCounters refusals,
        Action<PeerId, string> penalise,
        Func<IReadOnlyList<Multiaddress>> addresses)
    {
        _options = options;
        _table = table;
        _router = router;
        _refusals = refusals;
        _penalise = penalise;
        _addresses = addresses;
        // Addresses do not change while we run, so one number per start orders our records.
        _sequence = (ulong)options.Time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    /// <summary>Tells who we are on a stream the peer opened.</summary>
    public async Task ServeAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        await LengthPrefixed.WriteAsync(stream, Describe((stream as YamuxStream)?.Session.RemoteAddress), cancellationToken).ConfigureAwait(false);
        stream.CloseWrite();
    }

    /// <summary>Takes news that the peer pushes.</summary>
    public async Task ServePushAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        if (await LengthPrefixed.ReadAsync(stream, MaxMessage, cancellationToken).ConfigureAwait(false) is { } message)
        {
            Take(stream.RemotePeer, message, push: true);
        }
    }

    /// <summary>Asks the peer at the far end of a new connection. Failure is counted: the connection stands without it.</summary>
    public async Task AskAsync(PeerConnection connection, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(_options.Limits.StreamNegotiationTimeout, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            YamuxStream stream = await connection
                .OpenStreamAsync([ProtocolIds.Identify], _options.Limits.StreamNegotiationTimeout, cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                stream.CloseWrite();
                if (await LengthPrefixed.ReadAsync(stream, MaxMessage, either.Token).ConfigureAwait(false) is { } message)
                {
                    Take(connection.Peer, message, push: false);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            if (!cancellationToken.IsCancellationRequested && connection.Session.CanOpen)
            {
                _refusals.Count("identify-failed");
            }
        }
    }

    /// <summary>Pushes our description to every peer that takes pushes.</summary>
    public async Task PushAsync(CancellationToken cancellationToken)
    {
        foreach (PeerInfo peer in _table.Peers.Where(peer => peer.Supports(ProtocolIds.IdentifyPush)))
        {
            try
            {
                if (_table.Preferred(peer.Id) is { } connection)
                {
                    YamuxStream stream = await connection
                        .OpenStreamAsync([ProtocolIds.IdentifyPush], _options.Limits.StreamNegotiationTimeout, cancellationToken).ConfigureAwait(false);
                    await using (stream.ConfigureAwait(false))
                    {
                        byte[] message = Describe(connection.RemoteAddress);
                        await LengthPrefixed.WriteAsync(stream, message, cancellationToken).ConfigureAwait(false);
                    }
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                _refusals.Count("identify-push-failed");
            }
        }
    }

    /// <summary>Our description, as the peer at <paramref name="observed"/> gets it.</summary>
    public byte[] Describe(Multiaddress? observed)
    {
        IReadOnlyList<Multiaddress> addresses = _addresses();
        var wire = new Wire.Identify
        {
            PublicKey = ByteString.CopyFrom(PeerId.FromNodeId(_options.Identity.PublicKey).ToPublicKeyProtobuf()),
            ProtocolVersion = _options.ProtocolVersion,
            AgentVersion = _options.AgentVersion,
            SignedPeerRecord = Record(addresses),
        };
        wire.Protocols.AddRange(_router.Protocols);
        wire.ListenAddrs.AddRange(addresses.Select(address => ByteString.CopyFrom(address.WithPeer(null).ToArray())));
        if (observed is not null)
        {
            wire.ObservedAddr = ByteString.CopyFrom(observed.ToArray());
        }

        return wire.ToByteArray();
    }

    // A stranger may ask as often as it likes: signed once for a list of addresses. Two threads may sign the same at once.
    private ByteString Record(IReadOnlyList<Multiaddress> addresses)
    {
        SealedRecord? sealedRecord = _record;
        if (sealedRecord is null || !sealedRecord.Addresses.SequenceEqual(addresses))
        {
            _record = sealedRecord = new SealedRecord(addresses, ByteString.CopyFrom(SignedPeerRecord.Seal(_options.Identity, _sequence, addresses)));
        }

        return sealedRecord.Envelope;
    }

    /// <summary>Takes a message; in a push, what is missing is unchanged.</summary>
    internal void Take(PeerId peer, ReadOnlySpan<byte> message, bool push)
    {
        Wire.Identify wire;
        try
        {
            wire = Wire.Identify.Parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException)
        {
            _penalise(peer, "identify-malformed");
            return;
        }

        if (wire.HasPublicKey && (!PeerId.TryReadPublicKey(wire.PublicKey.Span, out PeerId claimed) || claimed != peer))
        {
            _penalise(peer, "identify-wrong-key");
            return;
        }

        ReadOnlyMemory<byte>? record = null;
        if (wire.HasSignedPeerRecord)
        {
            if (SignedPeerRecord.TryOpen(wire.SignedPeerRecord.Span, out SignedPeerRecord? opened) && opened.Peer == peer)
            {
                record = wire.SignedPeerRecord.ToByteArray();
            }
            else
            {
                // No offence: a peer may have a kind of record that is not known here. It is not used, nor passed on.
                _refusals.Count("identify-bad-record");
            }
        }

        _table.SetIdentity(peer, known => Merge(push ? known : null, wire, record));
    }

    private static PeerIdentity Merge(PeerIdentity? known, Wire.Identify wire, ReadOnlyMemory<byte>? record)
    {
        var addresses = new List<Multiaddress>();
        foreach (ByteString bytes in wire.ListenAddrs.Take(MaxAddresses))
        {
            if (Multiaddress.TryRead(bytes.Span, out Multiaddress? address))
            {
                addresses.Add(address);
            }
        }

        return new PeerIdentity(
            wire.HasAgentVersion ? Cut(wire.AgentVersion) : known?.AgentVersion ?? "",
            wire.HasProtocolVersion ? Cut(wire.ProtocolVersion) : known?.ProtocolVersion ?? "",
            wire.Protocols.Count > 0 ? [.. wire.Protocols.Take(MaxProtocols).Order(StringComparer.Ordinal)] : known?.Protocols ?? [],
            wire.ListenAddrs.Count > 0 ? addresses : known?.ListenAddresses ?? [],
            wire.HasObservedAddr && Multiaddress.TryRead(wire.ObservedAddr.Span, out Multiaddress? observed) ? observed : known?.ObservedAddress,
            record ?? known?.SignedPeerRecord);
    }

    private static string Cut(string text) => text.Length <= MaxText ? text : text[..MaxText];

    private sealed record SealedRecord(IReadOnlyList<Multiaddress> Addresses, ByteString Envelope);
}
