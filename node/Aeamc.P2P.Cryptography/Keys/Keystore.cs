using System.Buffers;
using System.Text;
using Aeamc.P2P.Native.Sodium;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Cryptography.Keys;

/// <summary>
/// A 32-byte secret sealed under a password: canonical MessagePack
/// <c>[magic str "aeamc-keystore", version 1, passes, memory KiB, salt bin 16, nonce bin 24, sealed bin 48]</c>. The sealing key is Argon2id of the password (RFC 9106);
/// the seal is XChaCha20-Poly1305 with every byte before the sealed field as associated data, so no field can be changed.
/// </summary>
public static unsafe class Keystore
{
    /// <summary>Length in bytes of the secret.</summary>
    public const int SecretSize = 32;

    /// <summary>No keystore file is longer than this many bytes.</summary>
    public const int MaximumSize = 256;

    private const string Magic = "aeamc-keystore";
    private const uint Version = 1;
    private const int FieldCount = 7;
    private const int SaltSize = 16;
    private const int NonceSize = 24;
    private const int KeySize = 32;
    private const int SealedSize = SecretSize + 16;

    /// <summary>Whether bytes begin as a keystore of any version does.</summary>
    public static bool IsKeystore(ReadOnlySpan<byte> file)
    {
        var reader = new MessagePackReader(file);
        return reader.TryReadArrayHeader(byte.MaxValue, out _) && reader.TryReadString(Magic.Length, out string magic) && magic == Magic;
    }

    /// <summary>The file's bytes for a secret.</summary>
    /// <exception cref="ArgumentException">The secret is not 32 bytes long, or the cost is out of bounds.</exception>
    /// <exception cref="InsufficientMemoryException">The machine has not the memory that the cost asks for.</exception>
    public static byte[] Seal(ReadOnlySpan<byte> secret, string password, KeystoreCost cost)
    {
        if (secret.Length != SecretSize)
        {
            throw new ArgumentException($"A keystore holds {SecretSize} bytes, not {secret.Length}.", nameof(secret));
        }

        if (!cost.IsValid)
        {
            throw new ArgumentException("The cost is out of bounds.", nameof(cost));
        }

        byte[] salt = SecureRandom.Bytes(SaltSize);
        byte[] nonce = SecureRandom.Bytes(NonceSize);
        byte[] header = Header(cost, salt, nonce);
        Span<byte> key = stackalloc byte[KeySize];
        var sealedSecret = new byte[SealedSize];
        try
        {
            if (!TryDeriveKey(password, cost, salt, key))
            {
                throw new InsufficientMemoryException($"Argon2id needs {cost.MemoryKiB} KiB of memory, which the system does not give.");
            }

            ulong written;
            fixed (byte* to = sealedSecret, from = secret, with = header, n = nonce, k = key)
            {
                Invariant.Check(LibSodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
                    to, &written, from, SecretSize, with, (ulong)header.Length, null, n, k) == 0);
            }

            Invariant.Check(written == SealedSize);
        }
        finally
        {
            FixedTime.Wipe(key);
        }

        var output = new ArrayBufferWriter<byte>(MaximumSize);
        output.Write(header);
        new MessagePackWriter(output).Write(sealedSecret);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Opens a keystore. Nothing is written to <paramref name="secret"/> unless the result is <see cref="KeystoreResult.Opened"/>.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="password">What it was sealed with.</param>
    /// <param name="secret">32 bytes of room; the caller wipes it.</param>
    public static KeystoreResult Open(ReadOnlySpan<byte> file, string password, Span<byte> secret)
    {
        var reader = new MessagePackReader(file);
        if (!reader.TryReadArrayHeader(byte.MaxValue, out int fields) || !reader.TryReadString(Magic.Length, out string magic) || magic != Magic
            || !reader.TryReadUInt32(out uint version))
        {
            return KeystoreResult.Malformed;
        }

        if (version != Version)
        {
            return KeystoreResult.UnknownVersion;
        }

        if (fields != FieldCount || !reader.TryReadUInt32(out uint passes) || !reader.TryReadUInt32(out uint memory)
            || !reader.TryReadExactly(SaltSize, out ReadOnlySpan<byte> salt) || !reader.TryReadExactly(NonceSize, out ReadOnlySpan<byte> nonce))
        {
            return KeystoreResult.Malformed;
        }

        ReadOnlySpan<byte> header = file[..^reader.Remaining];
        if (!reader.TryReadExactly(SealedSize, out ReadOnlySpan<byte> sealedSecret) || !reader.End)
        {
            return KeystoreResult.Malformed;
        }

        var cost = new KeystoreCost(passes, memory);
        return cost.IsValid ? Unseal(header, cost, salt, nonce, sealedSecret, password, secret[..SecretSize]) : KeystoreResult.CostOutOfBounds;
    }

    private static KeystoreResult Unseal(
        ReadOnlySpan<byte> header, KeystoreCost cost, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedSecret,
        string password, Span<byte> secret)
    {
        Span<byte> key = stackalloc byte[KeySize];
        Span<byte> opened = stackalloc byte[SecretSize];
        try
        {
            if (!TryDeriveKey(password, cost, salt, key))
            {
                return KeystoreResult.OutOfMemory;
            }

            ulong written;
            fixed (byte* to = opened, from = sealedSecret, with = header, n = nonce, k = key)
            {
                if (LibSodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
                    to, &written, null, from, SealedSize, with, (ulong)header.Length, n, k) != 0)
                {
                    return KeystoreResult.WrongPassword;
                }
            }

            opened.CopyTo(secret);
            return KeystoreResult.Opened;
        }
        finally
        {
            FixedTime.Wipe(key);
            FixedTime.Wipe(opened);
        }
    }

    private static byte[] Header(KeystoreCost cost, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> nonce)
    {
        var output = new ArrayBufferWriter<byte>(MaximumSize);
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(FieldCount);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(cost.Passes);
        writer.Write(cost.MemoryKiB);
        writer.Write(salt);
        writer.Write(nonce);
        return output.WrittenSpan.ToArray();
    }

    private static bool TryDeriveKey(string password, KeystoreCost cost, ReadOnlySpan<byte> salt, Span<byte> key)
    {
        SodiumLibrary.EnsureReady();
        byte[] text = Encoding.UTF8.GetBytes(password);
        try
        {
            fixed (byte* output = key, input = text, from = salt)
            {
                return LibSodium.crypto_pwhash_argon2id(
                    output, KeySize, input, (ulong)text.Length, from, cost.Passes, (nuint)cost.MemoryKiB * 1024, LibSodium.Argon2id13) == 0;
            }
        }
        finally
        {
            FixedTime.Wipe(text);
        }
    }
}
