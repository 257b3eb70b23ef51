using System.Runtime.Intrinsics;

namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>
/// Products of field elements before their carries are propagated: five columns of weight 2^(51 i), signed 64-bit integers. Sums and differences
/// of products are taken here, so that they cost one reduction together instead of one each.
/// </summary>
internal struct LaneSum
{
    public Vector512<long> C0;
    public Vector512<long> C1;
    public Vector512<long> C2;
    public Vector512<long> C3;
    public Vector512<long> C4;
}
