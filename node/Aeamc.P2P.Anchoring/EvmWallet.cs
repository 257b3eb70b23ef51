using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Aeamc.P2P.Cryptography.Evm;
using Aeamc.P2P.Cryptography.Keys;
using Aeamc.P2P.Cryptography.Secp256k1;

namespace Aeamc.P2P.Anchoring;

/// <summary>The account that pays for this node's anchors. It has no say in the network: losing it loses what it holds and no more.</summary>
public sealed class EvmWallet : IDisposable
{
    private const int MaxFileSize = 256;
    private readonly Secp256k1PrivateKey _key;

    /// <summary>Takes the key over; it is wiped with the wallet.</summary>
    public EvmWallet(Secp256k1PrivateKey key)
    {
        _key = key;
        Address = EvmAddress.Of(key.PublicKey);
    }

    /// <summary>The account to send funds to.</summary>
    public EvmAddress Address { get; }

    /// <summary>Reads a file of 64 hexadecimal digits, with or without 0x before and a newline after them.</summary>
    /// <exception cref="KeyFileException">Missing, readable by others (its mode must be 0600), or no private key.</exception>
    public static EvmWallet Load(string path)
    {
        byte[] content = SecretFile.Read(path, MaxFileSize);
        Span<byte> secret = stackalloc byte[Secp256k1PrivateKey.Size];
        try
        {
            ReadOnlySpan<byte> digits = content.AsSpan().Trim(" \t\r\n"u8);
            if (digits.StartsWith("0x"u8))
            {
                digits = digits[2..];
            }

            bool valid = digits.Length == 2 * Secp256k1PrivateKey.Size
                && Convert.FromHexString(digits, secret, out _, out _) == OperationStatus.Done;
            return valid && Secp256k1PrivateKey.TryImport(secret, out Secp256k1PrivateKey? key)
                ? new EvmWallet(key)
                : throw new KeyFileException(path, "is no EVM private key", "It must hold 64 hexadecimal digits and nothing else.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Makes a fresh key and keeps it in a new file of mode 0600.</summary>
    /// <exception cref="KeyFileException">A file is there already, or the disk refused.</exception>
    public static EvmWallet Create(string path)
    {
        var wallet = new EvmWallet(Secp256k1PrivateKey.Generate());
        Span<byte> secret = stackalloc byte[Secp256k1PrivateKey.Size];
        wallet._key.Export(secret);
        byte[] digits = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret));
        try
        {
            SecretFile.Create(path, digits);
            return wallet;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(digits);
        }
    }

    /// <summary>Signs as the wallet's account.</summary>
    public SignedTransaction Sign(EvmTransaction transaction) => transaction.Sign(_key);

    public void Dispose() => _key.Dispose();
}
