using System.Buffers.Binary;
using System.Security.Cryptography;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>What executing a unit yields.</summary>
/// <param name="Output">The last state.</param>
/// <param name="TraceRoot">The Merkle root (RFC 6962) over the states after every segment.</param>
public readonly record struct TaskResult(Hash256 Output, Hash256 TraceRoot);

/// <summary>
/// The task kind <c>hash-chain</c>: state 0 is SHA-256(input || unit as u32 big-endian), every step replaces the state by its SHA-256. The trace holds the
/// state after every <c>segment</c> steps, and the last state when <c>segment</c> does not divide <c>steps</c>. Phones execute it, nodes recompute it.
/// </summary>
public static class HashChain
{
    /// <summary>Executes one unit.</summary>
    /// <param name="input">The task's seed.</param>
    /// <param name="unit">The unit's index.</param>
    /// <param name="steps">At least 1.</param>
    /// <param name="segment">1..steps.</param>
    public static TaskResult Execute(Hash256 input, uint unit, uint steps, uint segment)
    {
        ArgumentOutOfRangeException.ThrowIfZero(steps);
        ArgumentOutOfRangeException.ThrowIfZero(segment);
        Span<byte> seed = stackalloc byte[Hash256.Size + sizeof(uint)];
        input.CopyTo(seed);
        BinaryPrimitives.WriteUInt32BigEndian(seed[Hash256.Size..], unit);
        Span<byte> state = stackalloc byte[Hash256.Size];
        SHA256.HashData(seed, state);

        var trace = new List<Hash256>();
        for (uint done = 0; done < steps;)
        {
            uint run = Math.Min(segment, steps - done);
            for (uint step = 0; step < run; step++)
            {
                SHA256.HashData(state, state);
            }

            done += run;
            trace.Add(MerkleTree.LeafHash(state));
        }

        return new TaskResult(new Hash256(state), MerkleTree.Root(trace.ToArray()));
    }
}
