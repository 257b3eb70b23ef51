namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>Eight points of edwards25519 in extended coordinates (RFC 8032 section 5.1.4): x = X/Z, y = Y/Z, x y = T/Z. All four are reduced.</summary>
internal struct LanePoint
{
    public LaneElement X;
    public LaneElement Y;
    public LaneElement Z;
    public LaneElement T;
}

/// <summary>Eight points as the second operand of an addition: Y + X, Y - X, 2 d T and 2 Z.</summary>
internal struct LaneAddend
{
    public LaneElement YPlusX;
    public LaneElement YMinusX;
    public LaneElement T2D;
    public LaneElement Z2;
}
