namespace Aeamc.P2P.Gossipsub.Simulation.Attacks;

/// <summary>The attacks of the gossipsub v1.1 evaluation report that are replayed here, and their absence.</summary>
internal enum AttackKind
{
    /// <summary>Honest nodes alone: the figures to compare with.</summary>
    None,

    /// <summary>Sybils appear at once, GRAFT everyone they reach, and withhold every message.</summary>
    SybilTakeover,

    /// <summary>The same Sybils are there before the network starts: every mesh is full of them when the honest nodes connect.</summary>
    ColdBoot,

    /// <summary>A node starts when attackers have already connected to it in number; they withhold every message.</summary>
    Eclipse,

    /// <summary>Sybils behave well until their scores are good, then withhold every message at the same moment.</summary>
    CovertFlash,

    /// <summary>Sybils behave well but for the messages of one node, which they drop.</summary>
    Censorship,
}
