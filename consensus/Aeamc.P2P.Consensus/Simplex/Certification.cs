namespace Aeamc.P2P.Consensus.Simplex;

/// <summary>How far a notarized block's certification is (rules 5 and 6).</summary>
internal enum Certification : byte
{
    None,
    Pending,
    Valid,
    Invalid,
}
