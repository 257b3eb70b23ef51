using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Discovery;

/// <summary>What the address book has of one peer.</summary>
internal sealed class KnownPeer(PeerId id)
{
    public PeerId Id { get; } = id;

    /// <summary>Where it may be reached, without /p2p.</summary>
    public IReadOnlyList<Multiaddress> Addresses { get; set; } = [];

    /// <summary>Its signed envelope, when it is known: only that is passed on.</summary>
    public ReadOnlyMemory<byte> Record { get; set; }

    /// <summary>The record's sequence number; a later statement has a larger one.</summary>
    public ulong Sequence { get; set; }

    /// <summary>Who told us, until we reached it; null when the peer itself did.</summary>
    public PeerId? Source { get; set; }

    /// <summary>When we last reached it by dialling; null when never.</summary>
    public DateTimeOffset? Reached { get; set; }

    /// <summary>When it was first known.</summary>
    public DateTimeOffset Learned { get; set; }

    /// <summary>Failed dials in a row.</summary>
    public int Failures { get; set; }

    /// <summary>Not dialled before.</summary>
    public DateTimeOffset NextDial { get; set; }
}
