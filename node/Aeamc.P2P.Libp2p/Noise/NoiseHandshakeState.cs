using System.Security.Cryptography;
using Aeamc.P2P.Cryptography;

namespace Aeamc.P2P.Libp2p.Noise;

/// <summary>
/// <c>Noise_XX_25519_ChaChaPoly_SHA256</c> (Noise specification revision 34): three messages, no I/O.
/// XX: -> e; &lt;- e, ee, s, es; -> s, se. Each side calls write and read in turn, the initiator writing first.
/// </summary>
internal sealed class NoiseHandshakeState : IDisposable
{
    /// <summary>Length of a public key.</summary>
    public const int KeySize = X25519.Size;

    private readonly SymmetricState _symmetric;
    private readonly bool _initiator;
    private readonly byte[] _staticPrivate = new byte[KeySize];
    private readonly byte[] _ephemeralPrivate = new byte[KeySize];
    private readonly byte[] _ephemeralPublic = new byte[KeySize];
    private readonly byte[] _remoteEphemeral = new byte[KeySize];
    private readonly byte[] _remoteStatic = new byte[KeySize];
    private int _message;

    /// <summary>Starts with our two private keys, of which copies are kept and wiped.</summary>
    public NoiseHandshakeState(bool initiator, ReadOnlySpan<byte> staticPrivate, ReadOnlySpan<byte> ephemeralPrivate, ReadOnlySpan<byte> prologue)
    {
        _initiator = initiator;
        staticPrivate.CopyTo(_staticPrivate);
        ephemeralPrivate.CopyTo(_ephemeralPrivate);
        X25519.DerivePublicKey(_staticPrivate, StaticPublic);
        X25519.DerivePublicKey(_ephemeralPrivate, _ephemeralPublic);
        _symmetric = new SymmetricState("Noise_XX_25519_ChaChaPoly_SHA256", prologue);
    }

    /// <summary>Our static public key.</summary>
    public byte[] StaticPublic { get; } = new byte[KeySize];

    /// <summary>The peer's static public key, known after message 2 or 3.</summary>
    public ReadOnlySpan<byte> RemoteStatic => _remoteStatic;

    /// <summary>The handshake hash: the same on both sides in the end.</summary>
    public ReadOnlySpan<byte> Hash => _symmetric.Hash;

    /// <summary>Bytes that the next message adds to its payload.</summary>
    public int NextOverhead => _message switch { 0 => KeySize, 1 => (2 * KeySize) + (2 * CipherState.TagSize), _ => KeySize + (2 * CipherState.TagSize) };

    /// <summary>Writes the next message and gives its length; false when the peer's key makes no secret.</summary>
    public bool TryWrite(ReadOnlySpan<byte> payload, Span<byte> destination, out int written)
    {
        written = 0;
        bool secrets = true;
        if (_message < 2)
        {
            _ephemeralPublic.CopyTo(destination);
            _symmetric.MixHash(_ephemeralPublic);
            written = KeySize;
        }

        if (_message == 1)
        {
            secrets &= MixSecret(_ephemeralPrivate, _remoteEphemeral);
        }

        if (_message > 0)
        {
            written += _symmetric.EncryptAndHash(StaticPublic, destination[written..]);
            secrets &= MixSecret(_staticPrivate, _remoteEphemeral);
        }

        written += _symmetric.EncryptAndHash(payload, destination[written..]);
        _message++;
        return secrets;
    }

    /// <summary>Reads the next message; its payload goes to <paramref name="payload"/>. False when it is cut off or forged.</summary>
    public bool TryRead(ReadOnlySpan<byte> message, Span<byte> payload, out int written)
    {
        written = 0;
        if (message.Length < NextOverhead)
        {
            return false;
        }

        if (_message < 2)
        {
            message[..KeySize].CopyTo(_remoteEphemeral);
            _symmetric.MixHash(_remoteEphemeral);
            message = message[KeySize..];
        }

        if (_message == 1 && !MixSecret(_ephemeralPrivate, _remoteEphemeral))
        {
            return false;
        }

        if (_message > 0)
        {
            int length = KeySize + _symmetric.Overhead;
            if (!_symmetric.TryDecryptAndHash(message[..length], _remoteStatic) || !MixSecret(_ephemeralPrivate, _remoteStatic))
            {
                return false;
            }

            message = message[length..];
        }

        written = message.Length - _symmetric.Overhead;
        _message++;
        return _symmetric.TryDecryptAndHash(message, payload);
    }

    /// <summary>The transport ciphers after message 3.</summary>
    public (CipherState Send, CipherState Receive) Split()
    {
        (CipherState initiator, CipherState responder) = _symmetric.Split();
        return _initiator ? (initiator, responder) : (responder, initiator);
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_staticPrivate);
        CryptographicOperations.ZeroMemory(_ephemeralPrivate);
        _symmetric.Dispose();
    }

    private bool MixSecret(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> publicKey)
    {
        Span<byte> secret = stackalloc byte[KeySize];
        if (!X25519.ScalarMult(privateKey, publicKey, secret))
        {
            return false;
        }

        _symmetric.MixKey(secret);
        CryptographicOperations.ZeroMemory(secret);
        return true;
    }
}
