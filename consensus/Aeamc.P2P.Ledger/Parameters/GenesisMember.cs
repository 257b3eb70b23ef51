using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>A committee member as genesis names it. Its place in the list is its <see cref="NodeIndex"/>.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Label">What its operator calls it, or empty; at most <see cref="MaxLabel"/> bytes of UTF-8.</param>
/// <param name="Address">A multiaddress at which it may be found, or empty; a hint, at most <see cref="MaxAddress"/> bytes.</param>
public sealed record GenesisMember(NodeId Id, string Label = "", string Address = "")
{
    /// <summary>
    /// The member's secp256k1 key (33 bytes compressed) to which the other members encrypt its shares in the key generation; derived from its node key.
    /// </summary>
    public required ReadOnlyMemory<byte> DkgKey { get; init; }

    /// <summary>Length of <see cref="DkgKey"/>.</summary>
    public const int DkgKeySize = 33;

    /// <summary>The longest label in bytes of UTF-8.</summary>
    public const int MaxLabel = 64;

    /// <summary>The longest address in bytes of UTF-8.</summary>
    public const int MaxAddress = 256;
}
