using System.Buffers.Binary;
using System.Collections.Immutable;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Threshold.Dkg;
using Aeamc.P2P.Threshold.Group;
using LedgerConfirmation = Aeamc.P2P.Ledger.DkgConfirmation;
using ThresholdConfirmation = Aeamc.P2P.Threshold.Dkg.DkgConfirmation;

namespace Aeamc.P2P.Node.Keygen;

/// <summary>
/// Plays the ledger's key generation messages into a ceremony. The phases close by chain time, so every node closes them at the same message,
/// whenever it reads the log: dealing one phase after the session began (or when all have dealt), complaining one phase later.
/// </summary>
public static class DkgReplay
{
    /// <summary>What all members agree on before the first message of a session.</summary>
    public static DkgParameters Parameters(ISecp256k1Group group, GenesisDocument genesis, Hash256 genesisHash, uint session, int threshold)
    {
        Span<byte> context = stackalloc byte[Hash256.Size + 4];
        genesisHash.CopyTo(context);
        BinaryPrimitives.WriteUInt32BigEndian(context[Hash256.Size..], session);
        var keys = ImmutableArray.CreateBuilder<CurvePoint>(genesis.Committee.Count);
        foreach (GenesisMember member in genesis.Committee)
        {
            Invariant.Check(group.TryDecode(member.DkgKey.Span, out CurvePoint key));
            keys.Add(key);
        }

        return new DkgParameters(Hash256.Of(context), threshold, keys.ToImmutable());
    }

    /// <summary>Feeds the messages of the running session and closes phases up to <paramref name="now"/>.</summary>
    /// <param name="ceremony">A fresh ceremony of that session.</param>
    /// <param name="state">The ledger to read.</param>
    /// <param name="group">The curve.</param>
    /// <param name="timeOf">The chain time of a block.</param>
    /// <param name="now">The chain time of the head.</param>
    public static void Play(DkgCeremony ceremony, LedgerState state, ISecp256k1Group group, Func<Height, Timestamp> timeOf, Timestamp now)
    {
        ulong phase = state.Parameters.DkgPhaseMs;
        Timestamp dealingCloses = state.Dkg.Started.Plus(phase);
        Timestamp? complainingCloses = null;
        foreach (DkgMessage message in state.DkgMessages())
        {
            Timestamp time = timeOf(message.Height);
            Close(time);
            Feed(ceremony, group, message);
            if (ceremony.Transcript.Phase == DkgPhase.Complaining && complainingCloses is null)
            {
                complainingCloses = time.Plus(phase);
            }
        }

        Close(now);

        void Close(Timestamp time)
        {
            if (ceremony.Transcript.Phase == DkgPhase.Dealing && time >= dealingCloses)
            {
                ceremony.Transcript.CloseDealing();
                complainingCloses = dealingCloses.Plus(phase);
            }

            if (ceremony.Transcript.Phase == DkgPhase.Complaining && complainingCloses is { } closes && time >= closes)
            {
                ceremony.Transcript.CloseComplaints();
            }
        }
    }

    private static void Feed(DkgCeremony ceremony, ISecp256k1Group group, DkgMessage message)
    {
        // A message that the ceremony refuses was posted all the same: the log keeps it, nobody acts on it.
        _ = message.Kind switch
        {
            EntryKind.DkgDeal => ceremony.Deal(message.Author, message.Message),
            EntryKind.DkgComplain => ceremony.Complain(message.Author, message.Message),
            EntryKind.DkgConfirm when LedgerConfirmation.TryDecode(message.Message, out LedgerConfirmation? confirmation)
                && group.TryDecode(confirmation.GroupKey, out CurvePoint key) =>
                ceremony.Confirm(message.Author, new ThresholdConfirmation(key, confirmation.Transcript)),
            _ => DkgVerdict.Malformed,
        };
    }
}
