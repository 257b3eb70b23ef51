using System.Numerics;
using Aeamc.P2P.Cryptography.Ed25519Lanes;

namespace Aeamc.P2P.Cryptography.Tests.Ed25519Lanes;

/// <summary>Claims that are good, nearly good, or not signatures at all; repeatable by the seed of their source.</summary>
internal static class RandomClaims
{
    public static readonly BigInteger Order = (BigInteger.One << 252) + BigInteger.Parse("27742317777372353535851937790883648493", null);

    public static Ed25519Claim Next(Random random, IReadOnlyList<Ed25519PrivateKey> keys)
    {
        Ed25519PrivateKey key = keys[random.Next(keys.Count)];
        var message = new byte[random.Next(300)];
        random.NextBytes(message);
        byte[] publicKey = key.PublicKey.ToArray(), signature = key.Sign(message);
        switch (random.Next(10))
        {
            case 0:
                signature[random.Next(64)] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                publicKey[random.Next(32)] ^= (byte)(1 << random.Next(8));
                break;
            case 2 when message.Length > 0:
                message[random.Next(message.Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 3:
                // The twin with S + q, which fits in 256 bits.
                (new BigInteger(signature.AsSpan(32), isUnsigned: true) + Order * random.Next(1, 8)).TryWriteBytes(signature.AsSpan(32), out _, isUnsigned: true);
                break;
            case 4:
                random.NextBytes(signature);
                signature[63] &= 0x1f;
                break;
            case 5:
                random.NextBytes(publicKey);
                break;
            default:
                break;
        }

        return new Ed25519Claim(publicKey, message, signature);
    }
}
