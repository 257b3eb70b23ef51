using System.Runtime.CompilerServices;

namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>
/// The intermediate values of a group operation. They are the most used memory of a verification, so they lie on cache lines, which locals do not:
/// a vector of 64 bytes that does not is read and written in two parts.
/// </summary>
internal unsafe struct LaneScratch
{
    /// <summary>Bytes of room for one, wherever it begins.</summary>
    public const int Room = 8 * LaneElement.Doubles * sizeof(double) + Line;

    private const int Line = 64;

    public LaneSum A;
    public LaneSum B;
    public LaneSum C;
    public LaneSum D;
    public LaneElement E;
    public LaneElement F;
    public LaneElement G;
    public LaneElement H;

    /// <summary>The first cache line in a piece of memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Align(byte* memory)
    {
        unchecked
        {
            return (byte*)(((nuint)memory + (Line - 1)) & ~(nuint)(Line - 1));
        }
    }
}
