using System.Buffers.Binary;
using System.Security.Cryptography;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Noise.Wire;
using Aeamc.P2P.Libp2p.Transport;
using Google.Protobuf;

namespace Aeamc.P2P.Libp2p.Noise;

/// <summary>
/// The libp2p handshake over Noise XX (libp2p specs, noise/README.md): each side proves its identity key by signing its static key, in the
/// payload of message 2 or 3, and may agree on the muxer there (connections/inlined-muxer-negotiation.md).
/// </summary>
internal sealed class NoiseHandshake
{
    // Real payloads are near 150 bytes; a stranger gets no more room than that needs.
    private const int MaxMessage = 4096;
    private static readonly byte[] SignaturePrefix = "noise-libp2p-static-key:"u8.ToArray();

    // Strangers' handshakes are computed on at most half of the cores, whoever and however many they are: the other half is for those that are let in.
    private static readonly SemaphoreSlim Turns = new(Math.Max(1, Environment.ProcessorCount / 2));

    private readonly Ed25519PrivateKey _identity;
    private readonly IReadOnlyList<string> _muxers;

    /// <param name="identity">Our key.</param>
    /// <param name="muxers">Muxers to offer inside the handshake, best first; none leaves it to multistream-select.</param>
    public NoiseHandshake(Ed25519PrivateKey identity, IReadOnlyList<string> muxers)
    {
        _identity = identity;
        _muxers = muxers;
    }

    /// <summary>Runs the handshake.</summary>
    /// <param name="socket">The connection, after "/noise" was agreed.</param>
    /// <param name="initiator">Whether we dialled.</param>
    /// <param name="expected">The peer that must answer, when known.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="NoiseException">The peer failed it; the reason is named.</exception>
    public ValueTask<NoiseSession> RunAsync(SocketChannel socket, bool initiator, PeerId? expected, CancellationToken cancellationToken) =>
        initiator ? DialAsync(socket, expected, cancellationToken) : ListenAsync(socket, expected, cancellationToken);

    private async ValueTask<NoiseSession> DialAsync(SocketChannel socket, PeerId? expected, CancellationToken cancellationToken)
    {
        using NoiseHandshakeState state = NewState(initiator: true);
        await socket.WriteAsync(Seal(state, []), cancellationToken).ConfigureAwait(false);
        int length = await AwaitMessageAsync(socket, cancellationToken).ConfigureAwait(false);
        NoiseHandshakePayload remote = Parse(Open(socket, state, length));
        // Who it is comes first: our own identity is not shown to an impostor.
        PeerId peer = Verify(remote, state.RemoteStatic, expected);
        await socket.WriteAsync(Seal(state, Payload(state)), cancellationToken).ConfigureAwait(false);
        return Finish(socket, state, peer, SelectMuxer(_muxers, remote.Extensions?.StreamMuxers ?? []));
    }

    private async ValueTask<NoiseSession> ListenAsync(SocketChannel socket, PeerId? expected, CancellationToken cancellationToken)
    {
        // Nothing is computed before the stranger's message is here, whole.
        int length = await AwaitMessageAsync(socket, cancellationToken).ConfigureAwait(false);
        (NoiseHandshakeState state, byte[] answer) = await InTurnAsync(() => Answer(socket, length), cancellationToken).ConfigureAwait(false);
        using (state)
        {
            await socket.WriteAsync(answer, cancellationToken).ConfigureAwait(false);
            length = await AwaitMessageAsync(socket, cancellationToken).ConfigureAwait(false);
            return await InTurnAsync(() => Conclude(socket, state, length, expected), cancellationToken).ConfigureAwait(false);
        }
    }

    private static async ValueTask<T> InTurnAsync<T>(Func<T> compute, CancellationToken cancellationToken)
    {
        await Turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Behind what waits for a thread: those whose turn comes one after another would otherwise keep it, and with it the streams of those that are let in waiting.
            await Task.Yield();
            return compute();
        }
        finally
        {
            Turns.Release();
        }
    }

    private (NoiseHandshakeState State, byte[] Answer) Answer(SocketChannel socket, int length)
    {
        NoiseHandshakeState state = NewState(initiator: false);
        try
        {
            Open(socket, state, length);
            return (state, Seal(state, Payload(state)));
        }
        catch (NoiseException)
        {
            state.Dispose();
            throw;
        }
    }

    private NoiseSession Conclude(SocketChannel socket, NoiseHandshakeState state, int length, PeerId? expected)
    {
        NoiseHandshakePayload remote = Parse(Open(socket, state, length));
        return Finish(socket, state, Verify(remote, state.RemoteStatic, expected), SelectMuxer(remote.Extensions?.StreamMuxers ?? [], _muxers));
    }

    private static NoiseSession Finish(SocketChannel socket, NoiseHandshakeState state, PeerId peer, string? muxer)
    {
        (CipherState send, CipherState receive) = state.Split();
        return new NoiseSession(new NoiseChannel(socket, send, receive), peer, muxer);
    }

    private static NoiseHandshakeState NewState(bool initiator)
    {
        Span<byte> keys = stackalloc byte[2 * NoiseHandshakeState.KeySize];
        // A fresh static key per connection: connections cannot be linked by it, and none is kept.
        SecureRandom.Fill(keys);
        var state = new NoiseHandshakeState(initiator, keys[..NoiseHandshakeState.KeySize], keys[NoiseHandshakeState.KeySize..], []);
        CryptographicOperations.ZeroMemory(keys);
        return state;
    }

    /// <summary>The initiator's order wins; an empty list on either side leaves it to multistream-select (null).</summary>
    /// <exception cref="NoiseException">Two lists have no muxer in common.</exception>
    internal static string? SelectMuxer(IReadOnlyList<string> initiator, IReadOnlyList<string> responder)
    {
        if (initiator.Count == 0 || responder.Count == 0)
        {
            return null;
        }

        return initiator.FirstOrDefault(responder.Contains) ?? throw new NoiseException("noise-no-common-muxer");
    }

    private byte[] Payload(NoiseHandshakeState state)
    {
        var payload = new NoiseHandshakePayload
        {
            IdentityKey = ByteString.CopyFrom(PeerId.FromNodeId(_identity.PublicKey).ToPublicKeyProtobuf()),
            IdentitySig = ByteString.CopyFrom(_identity.Sign([.. SignaturePrefix, .. state.StaticPublic])),
        };
        if (_muxers.Count > 0)
        {
            payload.Extensions = new NoiseExtensions { StreamMuxers = { _muxers } };
        }

        return payload.ToByteArray();
    }

    /// <summary>Reads the payload of message 2 or 3.</summary>
    /// <exception cref="NoiseException">It is none.</exception>
    internal static NoiseHandshakePayload Parse(byte[] payload)
    {
        try
        {
            return NoiseHandshakePayload.Parser.ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException)
        {
            throw new NoiseException("noise-bad-payload");
        }
    }

    /// <summary>Who proves by the payload that the static key is his.</summary>
    /// <exception cref="NoiseException">Nobody does, or not the one expected.</exception>
    internal static PeerId Verify(NoiseHandshakePayload payload, ReadOnlySpan<byte> remoteStatic, PeerId? expected)
    {
        if (!PeerId.TryReadPublicKey(payload.IdentityKey.Span, out PeerId peer))
        {
            throw new NoiseException("noise-bad-identity-key");
        }

        if (!Ed25519.Verify(peer.ToNodeId(), [.. SignaturePrefix, .. remoteStatic], payload.IdentitySig.Span))
        {
            throw new NoiseException("noise-bad-signature");
        }

        return expected is null || expected == peer ? peer : throw new NoiseException("noise-wrong-peer");
    }

    private static byte[] Seal(NoiseHandshakeState state, byte[] payload)
    {
        var frame = new byte[2 + state.NextOverhead + payload.Length];
        if (!state.TryWrite(payload, frame.AsSpan(2), out int written))
        {
            throw new NoiseException("noise-bad-key");
        }

        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)written);
        return frame[..(2 + written)];
    }

    // Waits until the next message is there, whole, behind its length; gives its length.
    private static async ValueTask<int> AwaitMessageAsync(SocketChannel socket, CancellationToken cancellationToken)
    {
        if (!await socket.FillAsync(2, cancellationToken).ConfigureAwait(false))
        {
            throw new NoiseException("noise-ended");
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(socket.Buffered);
        if (length > MaxMessage)
        {
            throw new NoiseException("noise-message-too-long");
        }

        return await socket.FillAsync(2 + length, cancellationToken).ConfigureAwait(false) ? length : throw new NoiseException("noise-ended");
    }

    private static byte[] Open(SocketChannel socket, NoiseHandshakeState state, int length)
    {
        var payload = new byte[length];
        bool valid = state.TryRead(socket.Buffered.Slice(2, length), payload, out int written);
        socket.Consume(2 + length);
        return valid ? payload[..written] : throw new NoiseException("noise-bad-message");
    }
}
