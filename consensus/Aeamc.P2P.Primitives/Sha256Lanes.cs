using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Aeamc.P2P.Primitives;

/// <summary>
/// SHA-256 (FIPS 180-4, 6.2) of eight messages at once, one in each 32-bit lane of a vector. The one-shot digest of the base library spends more time on
/// its call than on a Merkle node; eight lanes share every instruction and call nothing.
/// </summary>
internal static class Sha256Lanes
{
    /// <summary>Messages digested together.</summary>
    public const int Lanes = 8;

    /// <summary>Bytes of a block.</summary>
    public const int BlockSize = 64;

    private static ReadOnlySpan<uint> RoundConstants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    private static ReadOnlySpan<uint> Initial =>
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    /// <summary>Whether this machine runs the lanes as real vectors; otherwise the base library is faster.</summary>
    public static bool IsSupported => Vector256.IsHardwareAccelerated;

    /// <summary>Blocks that a message of this length takes with its padding.</summary>
    public static int Blocks(int length) => (length + 9 + BlockSize - 1) / BlockSize;

    /// <summary>Writes the padding (0x80, zeros, length in bits) after a message at the start of its blocks.</summary>
    public static void Pad(Span<byte> blocks, int length)
    {
        blocks[length] = 0x80;
        blocks[(length + 1)..].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(blocks[^8..], (ulong)length * 8);
    }

    /// <summary>The digests of eight padded messages of <paramref name="blocks"/> blocks each, one after the other.</summary>
    /// <param name="padded">8 * blocks * 64 bytes.</param>
    /// <param name="blocks">Blocks of each message.</param>
    /// <param name="digests">Room for the first 1 to 8 of them.</param>
    public static void Digest(ReadOnlySpan<byte> padded, int blocks, Span<Hash256> digests)
    {
        Invariant.Check(padded.Length == Lanes * blocks * BlockSize);
        Span<Vector256<uint>> state = stackalloc Vector256<uint>[8];
        for (int i = 0; i < 8; i++)
        {
            state[i] = Vector256.Create(Initial[i]);
        }

        Span<Vector256<uint>> schedule = stackalloc Vector256<uint>[64];
        for (int block = 0; block < blocks; block++)
        {
            Load(padded[(block * BlockSize)..], blocks * BlockSize, schedule);
            Compress(state, schedule);
        }

        for (int lane = 0; lane < digests.Length; lane++)
        {
            digests[lane] = new Hash256(
                Pair(state[0], state[1], lane), Pair(state[2], state[3], lane), Pair(state[4], state[5], lane), Pair(state[6], state[7], lane));
        }
    }

    /// <summary>Word i of message j goes to lane j of vector i.</summary>
    private static void Load(ReadOnlySpan<byte> block, int stride, Span<Vector256<uint>> schedule)
    {
        Span<uint> words = MemoryMarshal.Cast<Vector256<uint>, uint>(schedule);
        for (int lane = 0; lane < Lanes; lane++)
        {
            ReadOnlySpan<byte> message = block.Slice(lane * stride, BlockSize);
            for (int i = 0; i < 16; i++)
            {
                words[(i * Lanes) + lane] = BinaryPrimitives.ReadUInt32BigEndian(message[(4 * i)..]);
            }
        }
    }

    private static void Compress(Span<Vector256<uint>> state, Span<Vector256<uint>> w)
    {
        for (int t = 16; t < 64; t++)
        {
            Vector256<uint> x = w[t - 15];
            Vector256<uint> y = w[t - 2];
            Vector256<uint> s0 = Rotate(x, 7) ^ Rotate(x, 18) ^ (x >>> 3);
            Vector256<uint> s1 = Rotate(y, 17) ^ Rotate(y, 19) ^ (y >>> 10);
            w[t] = w[t - 16] + s0 + w[t - 7] + s1;
        }

        Vector256<uint> a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        for (int t = 0; t < 64; t++)
        {
            Vector256<uint> t1 = h + (Rotate(e, 6) ^ Rotate(e, 11) ^ Rotate(e, 25)) + (((f ^ g) & e) ^ g) + Vector256.Create(RoundConstants[t]) + w[t];
            Vector256<uint> t2 = (Rotate(a, 2) ^ Rotate(a, 13) ^ Rotate(a, 22)) + ((a & b) | ((a | b) & c));
            h = g;
            g = f;
            f = e;
            e = d + t1;
            d = c;
            c = b;
            b = a;
            a = t1 + t2;
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotate(Vector256<uint> value, [ConstantExpected] byte bits) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(value, bits) : (value >>> bits) | (value << (32 - bits));

    private static ulong Pair(Vector256<uint> high, Vector256<uint> low, int lane) => ((ulong)high[lane] << 32) | low[lane];
}
