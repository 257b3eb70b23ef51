namespace Aeamc.P2P.Primitives;

/// <summary>A message to be digested by <see cref="Sha256Batch"/>, possibly put together from parts.</summary>
public interface ISha256Message
{
    /// <summary>Length in bytes.</summary>
    int Length { get; }

    /// <summary>Writes the message to the start of <paramref name="destination"/>.</summary>
    void CopyTo(Span<byte> destination);
}
