using System.Text;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Cryptography.Keys;

/// <summary>
/// The file of a node's Ed25519 key, in one of two forms told apart by their first bytes: plain, the text line
/// <c>aeamc-node-key-1 &lt;64 hex digits of the seed&gt;</c>; or sealed under a password as a <see cref="Keystore"/>. Either has mode 0600.
/// </summary>
public static class NodeKeyFile
{
    private const string PlainPrefix = "aeamc-node-key-1 ";

    /// <summary>Makes a new key and its file; a password seals it. Returns the key, which the caller disposes of.</summary>
    /// <exception cref="KeyFileException">The file exists or cannot be written.</exception>
    public static Ed25519PrivateKey Create(string path, string? password = null, KeystoreCost? cost = null)
    {
        Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        try
        {
            Save(path, key, password, cost);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Writes a key that exists to a new file.</summary>
    /// <exception cref="KeyFileException">The file exists or cannot be written.</exception>
    public static void Save(string path, Ed25519PrivateKey key, string? password = null, KeystoreCost? cost = null)
    {
        Span<byte> seed = stackalloc byte[Ed25519.SeedSize];
        byte[] content = [];
        try
        {
            key.ExportSeed(seed);
            content = password is null ? EncodePlain(seed) : Keystore.Seal(seed, password, cost ?? KeystoreCost.Standard);
            SecretFile.Create(path, content);
        }
        finally
        {
            FixedTime.Wipe(seed);
            FixedTime.Wipe(content);
        }
    }

    /// <summary>Whether the file is sealed, so that a password must be asked for.</summary>
    /// <exception cref="KeyFileException">The file cannot be read or others may read it.</exception>
    public static bool IsSealed(string path)
    {
        byte[] content = SecretFile.Read(path, Keystore.MaximumSize);
        bool isSealed = Keystore.IsKeystore(content);
        FixedTime.Wipe(content);
        return isSealed;
    }

    /// <summary>Reads the key. The caller disposes of it.</summary>
    /// <exception cref="KeyFileException">Missing, readable by others, damaged, or sealed under another password; the message says how to mend it.</exception>
    public static Ed25519PrivateKey Load(string path, string? password = null)
    {
        byte[] content = SecretFile.Read(path, Keystore.MaximumSize);
        Span<byte> seed = stackalloc byte[Ed25519.SeedSize];
        try
        {
            if (Keystore.IsKeystore(content))
            {
                OpenSealed(path, content, password, seed);
            }
            else if (!TryDecodePlain(content, seed))
            {
                throw new KeyFileException(path, "is neither a plain nor a sealed node key", "Restore it from a backup, or make a new identity with: aeamc init.");
            }

            return Ed25519PrivateKey.FromSeed(seed);
        }
        finally
        {
            FixedTime.Wipe(content);
            FixedTime.Wipe(seed);
        }
    }

    private static void OpenSealed(string path, ReadOnlySpan<byte> content, string? password, Span<byte> seed)
    {
        if (password is null)
        {
            throw new KeyFileException(path, "is sealed", "Give its password.");
        }

        switch (Keystore.Open(content, password, seed))
        {
            case KeystoreResult.Opened:
                return;
            case KeystoreResult.WrongPassword:
                throw new KeyFileException(path, "does not open with this password", "Check the password; if it is right, the file was damaged: restore it from a backup.");
            case KeystoreResult.UnknownVersion:
                throw new KeyFileException(path, "was written by a later version of this program", "Upgrade the node.");
            case KeystoreResult.CostOutOfBounds:
                throw new KeyFileException(path, "asks for more memory or time than any key of ours", "Restore it from a backup.");
            case KeystoreResult.OutOfMemory:
                throw new KeyFileException(path, "needs more memory to open than the system gives", "Free some memory.");
            case KeystoreResult.Malformed:
                throw new KeyFileException(path, "is damaged", "Restore it from a backup.");
            default:
                throw Invariant.Fail("a keystore result without a message");
        }
    }

    private static byte[] EncodePlain(ReadOnlySpan<byte> seed)
    {
        // Into one array that the caller wipes, without strings that stay in memory.
        var content = new byte[PlainPrefix.Length + 2 * seed.Length + 1];
        Encoding.ASCII.GetBytes(PlainPrefix, content);
        Convert.TryToHexStringLower(seed, content.AsSpan(PlainPrefix.Length), out _);
        content[^1] = (byte)'\n';
        return content;
    }

    private static bool TryDecodePlain(ReadOnlySpan<byte> content, Span<byte> seed)
    {
        ReadOnlySpan<byte> line = content.TrimEnd("\r\n"u8);
        Span<byte> prefix = stackalloc byte[PlainPrefix.Length];
        Encoding.ASCII.GetBytes(PlainPrefix, prefix);
        return line.Length == PlainPrefix.Length + 2 * seed.Length && line.StartsWith(prefix)
            && Convert.FromHexString(line[PlainPrefix.Length..], seed, out _, out _) == System.Buffers.OperationStatus.Done;
    }
}
