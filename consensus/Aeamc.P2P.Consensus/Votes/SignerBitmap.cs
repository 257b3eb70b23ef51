using System.Numerics;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Votes;

/// <summary>
/// Which committee members signed: member i is bit (i mod 8), counted from the least significant, of byte i / 8. Exactly ceil(n / 8)
/// bytes; the unused bits of the last one are 0. Immutable once in a certificate.
/// </summary>
public readonly struct SignerBitmap
{
    private readonly byte[] _bits;

    private SignerBitmap(byte[] bits) => _bits = bits;

    /// <summary>The bytes on the wire.</summary>
    public ReadOnlySpan<byte> Bytes => _bits;

    /// <summary>An empty one for a committee of <paramref name="members"/>.</summary>
    public static SignerBitmap Create(int members) => new(new byte[(members + 7) / 8]);

    /// <summary>A copy of received bytes; <see cref="FitsCommittee"/> says whether they make sense.</summary>
    public static SignerBitmap From(ReadOnlySpan<byte> bytes) => new(bytes.ToArray());

    /// <summary>Marks a member; only while the certificate is being assembled.</summary>
    internal void Set(NodeIndex member) => _bits[member.Value / 8] |= (byte)(1 << (member.Value % 8));

    /// <summary>Whether a member signed.</summary>
    public bool Contains(NodeIndex member)
    {
        int place = member.Value / 8;
        return place < _bits.Length && (_bits[place] & (1 << (member.Value % 8))) != 0;
    }

    /// <summary>Number of signers.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (byte part in _bits)
            {
                count += BitOperations.PopCount(part);
            }

            return count;
        }
    }

    /// <summary>How many signers come before a member: the place of its signature in a certificate.</summary>
    public int CountBelow(NodeIndex member)
    {
        int place = member.Value / 8, count = 0;
        for (int i = 0; i < place; i++)
        {
            count += BitOperations.PopCount(_bits[i]);
        }

        return count + BitOperations.PopCount((uint)(_bits[place] & ((1 << (member.Value % 8)) - 1)));
    }

    /// <summary>Whether the length is right for n members and no bit stands beyond the last.</summary>
    public bool FitsCommittee(int members)
    {
        if (_bits.Length != (members + 7) / 8)
        {
            return false;
        }

        int used = members % 8;
        return used == 0 || _bits[^1] >> used == 0;
    }
}
