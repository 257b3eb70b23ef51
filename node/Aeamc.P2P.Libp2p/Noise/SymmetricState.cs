using System.Security.Cryptography;
using System.Text;

namespace Aeamc.P2P.Libp2p.Noise;

/// <summary>The running hash and chaining key of a handshake (Noise specification revision 34, section 5.2), SHA-256.</summary>
internal sealed class SymmetricState : IDisposable
{
    private const int HashSize = 32;

    private readonly byte[] _hash = new byte[HashSize];
    private readonly byte[] _chainingKey = new byte[HashSize];
    private CipherState? _cipher;

    /// <summary>Starts with a protocol name of exactly 32 bytes, which is then the first hash, and an empty prologue.</summary>
    public SymmetricState(string protocolName, ReadOnlySpan<byte> prologue)
    {
        Encoding.ASCII.GetBytes(protocolName, _hash);
        _hash.CopyTo(_chainingKey, 0);
        MixHash(prologue);
    }

    public void MixHash(ReadOnlySpan<byte> data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_hash);
        hash.AppendData(data);
        hash.GetHashAndReset(_hash);
    }

    public void MixKey(ReadOnlySpan<byte> input)
    {
        Span<byte> output = stackalloc byte[2 * HashSize];
        DeriveTwo(input, output);
        output[..HashSize].CopyTo(_chainingKey);
        _cipher?.Dispose();
        _cipher = new CipherState(output[HashSize..]);
        CryptographicOperations.ZeroMemory(output);
    }

    /// <summary>The bytes <see cref="EncryptAndHash"/> adds: none before the first key.</summary>
    public int Overhead => _cipher is null ? 0 : CipherState.TagSize;

    /// <summary>Writes plaintext, encrypted once there is a key, and gives the length written.</summary>
    public int EncryptAndHash(ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        int length = plaintext.Length + Overhead;
        if (_cipher is null)
        {
            plaintext.CopyTo(destination);
        }
        else
        {
            _cipher.Encrypt(_hash, plaintext, destination);
        }

        MixHash(destination[..length]);
        return length;
    }

    /// <summary>Reads what the other side's <see cref="EncryptAndHash"/> wrote; false when it is forged.</summary>
    public bool TryDecryptAndHash(ReadOnlySpan<byte> data, Span<byte> destination)
    {
        if (_cipher is null)
        {
            data.CopyTo(destination);
        }
        else if (!_cipher.TryDecrypt(_hash, data, destination))
        {
            return false;
        }

        MixHash(data);
        return true;
    }

    /// <summary>The two transport ciphers: the initiator's sending one first.</summary>
    public (CipherState Initiator, CipherState Responder) Split()
    {
        Span<byte> output = stackalloc byte[2 * HashSize];
        DeriveTwo([], output);
        var pair = (new CipherState(output[..HashSize]), new CipherState(output[HashSize..]));
        CryptographicOperations.ZeroMemory(output);
        return pair;
    }

    // RFC 5869 with the chaining key as salt and no info, two outputs. By HMAC, since OpenSSL's HKDF refuses the empty input that Split needs.
    private void DeriveTwo(ReadOnlySpan<byte> input, Span<byte> output)
    {
        Span<byte> secret = stackalloc byte[HashSize];
        HMACSHA256.HashData(_chainingKey, input, secret);
        Span<byte> block = stackalloc byte[HashSize + 1];
        block[0] = 1;
        HMACSHA256.HashData(secret, block[..1], output[..HashSize]);
        output[..HashSize].CopyTo(block);
        block[HashSize] = 2;
        HMACSHA256.HashData(secret, block, output[HashSize..]);
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(block);
    }

    /// <summary>The handshake hash so far.</summary>
    public ReadOnlySpan<byte> Hash => _hash;

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_chainingKey);
        _cipher?.Dispose();
    }
}
