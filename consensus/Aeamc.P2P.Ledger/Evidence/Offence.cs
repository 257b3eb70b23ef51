using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>What a committee member did that no honest one does.</summary>
/// <param name="Offender">Whose signatures contradict each other.</param>
/// <param name="Kind">How.</param>
/// <param name="Epoch">The epoch it was done in.</param>
/// <param name="View">The view it was done in.</param>
public readonly record struct Offence(NodeId Offender, OffenceKind Kind, Epoch Epoch, View View);

/// <summary>How signatures contradict each other. The numbers are in the authenticated state and never change their meaning.</summary>
public enum OffenceKind : byte
{
    /// <summary>No offence; never on record.</summary>
    None = 0,

    /// <summary>Two blocks notarized in one view. By the view's leader: two proposals.</summary>
    TwoNotarizes = 1,

    /// <summary>Two blocks finalized in one view.</summary>
    TwoFinalizes = 2,

    /// <summary>A view both given up and finalized.</summary>
    NullifyAndFinalize = 3,
}

/// <summary>The names under which offences are shown.</summary>
public static class OffenceKinds
{
    /// <summary>The stable snake_case name.</summary>
    public static string Name(this OffenceKind kind) => kind switch
    {
        OffenceKind.TwoNotarizes => "two_notarizes",
        OffenceKind.TwoFinalizes => "two_finalizes",
        OffenceKind.NullifyAndFinalize => "nullify_and_finalize",
        _ => throw Invariant.Fail($"no name for offence {(byte)kind}"),
    };

    /// <summary>What was done, to be read after "it" or a name.</summary>
    public static string Sentence(this OffenceKind kind) => kind switch
    {
        OffenceKind.TwoNotarizes => "voted for two different blocks",
        OffenceKind.TwoFinalizes => "voted to finalize two different blocks",
        OffenceKind.NullifyAndFinalize => "voted to give the view up and to finalize its block",
        _ => throw Invariant.Fail($"no sentence for offence {(byte)kind}"),
    };
}
