namespace Aeamc.P2P.Primitives;

/// <summary>A key and its value as held by a <see cref="StateTree"/>.</summary>
public readonly record struct StateEntry(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value);
