namespace Aeamc.P2P.Blocks;

/// <summary>A finalized block on the wire.</summary>
public sealed record RangeBlock(ReadOnlyMemory<byte> Content, ReadOnlyMemory<byte> Finalization, IReadOnlyList<ReadOnlyMemory<byte>> Batches)
{
    /// <summary>About what it takes in an answer, headers of the encoding included.</summary>
    public int Size => 16 + Content.Length + Finalization.Length + Batches.Sum(batch => batch.Length + 5);
}
