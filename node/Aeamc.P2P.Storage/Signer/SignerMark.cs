using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Storage.Signer;

/// <summary>A statement that was signed.</summary>
/// <param name="Epoch">Its epoch.</param>
/// <param name="View">Its view in that epoch.</param>
/// <param name="Kind">The signer's own code for the kind of vote, below <see cref="SignerWatermark.MaximumKinds"/>.</param>
/// <param name="Hash">What was voted for; zero where a vote names no block.</param>
public readonly record struct SignerMark(Epoch Epoch, View View, byte Kind, Hash256 Hash)
{
    /// <summary>Order in time: by epoch, then by view.</summary>
    public int CompareTimeTo(SignerMark other)
    {
        int order = Epoch.Value.CompareTo(other.Epoch.Value);
        return order != 0 ? order : View.Value.CompareTo(other.View.Value);
    }

    /// <summary>
    /// The newest of several; null of none. Of several in one view the one of the highest kind: kinds are numbered in the order in which one view can see them (Notarize,
    /// then Nullify or Finalize). An older one would hide that a restored log lacks the newer.
    /// </summary>
    public static SignerMark? Highest(IEnumerable<SignerMark> marks)
    {
        SignerMark? highest = null;
        foreach (SignerMark mark in marks)
        {
            if (highest is not { } sofar || mark.CompareTimeTo(sofar) > 0 || (mark.CompareTimeTo(sofar) == 0 && mark.Kind >= sofar.Kind))
            {
                highest = mark;
            }
        }

        return highest;
    }
}
