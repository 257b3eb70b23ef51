using System.Buffers.Binary;
using System.Security.Cryptography;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Committees;

/// <summary>
/// Rule 1: the leader of a view is a round-robin over the committee in an order shuffled by the epoch's seed, so every member
/// leads once in n views and nobody chooses its place. Immutable.
/// </summary>
public sealed class LeaderSchedule
{
    private readonly NodeIndex[] _order;

    /// <param name="committee">The epoch's members.</param>
    /// <param name="seed">The epoch's seed, fixed before the epoch begins.</param>
    public LeaderSchedule(Committee committee, Hash256 seed)
    {
        _order = new NodeIndex[committee.Count];
        for (int i = 0; i < _order.Length; i++)
        {
            _order[i] = new NodeIndex((ushort)i);
        }

        // Fisher-Yates from the back; draw number k is SHA-256(seed || k as u64 big-endian), first eight bytes, bias refused.
        ulong draw = 0;
        for (int last = _order.Length - 1; last > 0; last--)
        {
            int chosen = (int)Uniform(seed, (ulong)last + 1, ref draw);
            (_order[last], _order[chosen]) = (_order[chosen], _order[last]);
        }
    }

    /// <summary>Who may propose in a view. Views start at 1.</summary>
    public NodeIndex LeaderOf(View view)
    {
        Invariant.Check(view.Value > 0);
        return _order[(int)((view.Value - 1) % (ulong)_order.Length)];
    }

    private static ulong Uniform(Hash256 seed, ulong bound, ref ulong draw)
    {
        Span<byte> input = stackalloc byte[Hash256.Size + sizeof(ulong)];
        Span<byte> digest = stackalloc byte[Hash256.Size];
        seed.CopyTo(input);
        ulong largestFair = ulong.MaxValue - (ulong.MaxValue % bound);
        while (true)
        {
            BinaryPrimitives.WriteUInt64BigEndian(input[Hash256.Size..], draw++);
            SHA256.HashData(input, digest);
            ulong value = BinaryPrimitives.ReadUInt64BigEndian(digest);
            if (value < largestFair)
            {
                return value % bound;
            }
        }
    }
}
