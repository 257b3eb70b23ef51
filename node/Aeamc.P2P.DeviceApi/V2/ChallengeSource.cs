using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Aeamc.P2P.DeviceApi.V2;

/// <summary>
/// Challenges for registrations: time || random || HMAC-SHA-256 under a key of this process, so that none has to be remembered. A registration sent twice
/// changes nothing, so a challenge need not be used up.
/// </summary>
internal sealed class ChallengeSource(TimeProvider time)
{
    /// <summary>How long a challenge may be used.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private const int TimeSize = 8;
    private const int BodySize = 16;
    private const int MacSize = 16;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>32 bytes, and until when they serve in Unix milliseconds.</summary>
    public (byte[] Challenge, long Expires) Create()
    {
        var challenge = new byte[BodySize + MacSize];
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteInt64BigEndian(challenge, now);
        RandomNumberGenerator.Fill(challenge.AsSpan(TimeSize, BodySize - TimeSize));
        Mac(challenge.AsSpan(0, BodySize), challenge.AsSpan(BodySize));
        return (challenge, now + (long)Lifetime.TotalMilliseconds);
    }

    /// <summary>Whether this process handed the challenge out, not too long ago.</summary>
    public bool IsCurrent(ReadOnlySpan<byte> challenge)
    {
        Span<byte> mac = stackalloc byte[MacSize];
        if (challenge.Length != BodySize + MacSize)
        {
            return false;
        }

        Mac(challenge[..BodySize], mac);
        return CryptographicOperations.FixedTimeEquals(mac, challenge[BodySize..])
            && time.GetUtcNow().ToUnixTimeMilliseconds() - BinaryPrimitives.ReadInt64BigEndian(challenge) <= (long)Lifetime.TotalMilliseconds;
    }

    private void Mac(ReadOnlySpan<byte> body, Span<byte> destination)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, body, mac);
        mac[..MacSize].CopyTo(destination);
    }
}
