namespace Aeamc.P2P.Primitives;

/// <summary>One write to a <see cref="StateTree"/>. The arrays become the tree's own: they are never changed afterwards.</summary>
/// <param name="Key">The key, of any length.</param>
/// <param name="Value">The new value; null deletes the key.</param>
public readonly record struct StateChange(byte[] Key, byte[]? Value)
{
    /// <summary>A write that removes the key; no effect when it is absent.</summary>
    public static StateChange Delete(byte[] key) => new(key, null);
}
