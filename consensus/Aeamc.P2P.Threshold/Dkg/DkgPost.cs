namespace Aeamc.P2P.Threshold.Dkg;

/// <summary>A message that a member should have on the log and has not.</summary>
public abstract record DkgPost
{
    private DkgPost()
    {
    }

    public sealed record Deal(ImmutableArray<byte> Message) : DkgPost;

    public sealed record Complain(ImmutableArray<byte> Message) : DkgPost;

    public sealed record Confirm(DkgConfirmation Confirmation) : DkgPost;
}
