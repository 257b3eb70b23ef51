using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Aeamc.P2P.Libp2p.Noise;

/// <summary>One direction's key and counter (Noise specification revision 34, section 5.1) with ChaCha20-Poly1305.</summary>
internal sealed class CipherState : IDisposable
{
    /// <summary>Bytes that encryption adds.</summary>
    public const int TagSize = 16;

    private readonly ChaCha20Poly1305 _cipher;
    private ulong _counter;

    public CipherState(ReadOnlySpan<byte> key) => _cipher = new ChaCha20Poly1305(key);

    /// <summary>Writes ciphertext and tag: <see cref="TagSize"/> bytes more than the plaintext.</summary>
    public void Encrypt(ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        Span<byte> nonce = stackalloc byte[12];
        WriteNonce(nonce);
        _cipher.Encrypt(nonce, plaintext, destination[..plaintext.Length], destination.Slice(plaintext.Length, TagSize), associated);
    }

    /// <summary>Writes the plaintext of a ciphertext with its tag; false when it was not made by the key's other holder, in this order.</summary>
    public bool TryDecrypt(ReadOnlySpan<byte> associated, ReadOnlySpan<byte> ciphertext, Span<byte> destination)
    {
        int length = ciphertext.Length - TagSize;
        if (length < 0)
        {
            return false;
        }

        Span<byte> nonce = stackalloc byte[12];
        WriteNonce(nonce);
        try
        {
            _cipher.Decrypt(nonce, ciphertext[..length], ciphertext[length..], destination[..length], associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            // The framework has no other way to say it. It ends the connection, so it costs one exception per connection at most.
            return false;
        }
    }

    public void Dispose() => _cipher.Dispose();

    // Four zero bytes and the counter, little-endian (section 12.3). 2^64 frames are out of reach; the checked increment guards it all the same.
    private void WriteNonce(Span<byte> nonce)
    {
        nonce[..4].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce[4..], _counter);
        _counter++;
    }
}
