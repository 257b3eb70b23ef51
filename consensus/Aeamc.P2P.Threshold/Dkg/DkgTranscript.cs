using System.Buffers;

namespace Aeamc.P2P.Threshold.Dkg;

/// <summary>
/// The public half of joint-Feldman key generation: what everybody who reads the log knows, with no secret in it. Fed with the log in order, it
/// comes to the same qualified set, key and transcript hash everywhere. The host closes the phases at heights that are the same for all.
/// </summary>
public sealed class DkgTranscript(ISecp256k1Group group, DkgParameters parameters)
{
    private readonly Dealing?[] _dealings = new Dealing?[parameters.Members];
    private readonly Hash256[] _dealingHashes = new Hash256[parameters.Members];
    private readonly bool[] _complained = new bool[parameters.Members];
    private readonly bool[] _disqualified = new bool[parameters.Members];
    private readonly bool[] _falselyComplained = new bool[parameters.Members];
    private readonly bool[] _confirmed = new bool[parameters.Members];
    private bool _thresholdSuffices;

    public DkgParameters Parameters { get; } = parameters;

    public DkgPhase Phase { get; private set; } = DkgPhase.Dealing;

    /// <summary>What members have to confirm; known from <see cref="DkgPhase.Confirming"/> on.</summary>
    public DkgConfirmation? Outcome { get; private set; }

    /// <summary>The key with all verification shares; known from <see cref="DkgPhase.Confirming"/> on.</summary>
    public ThresholdPublicKey? PublicKey { get; private set; }

    /// <summary>Dealers whose dealing stands, ascending.</summary>
    public IReadOnlyList<NodeIndex> Qualified => Where(i => _dealings[i] is not null && !_disqualified[i]);

    /// <summary>Dealers against whom a complaint was upheld, ascending: proven cheats.</summary>
    public IReadOnlyList<NodeIndex> Disqualified => Where(i => _disqualified[i]);

    /// <summary>Members who complained about a share that was right, ascending: proven cheats.</summary>
    public IReadOnlyList<NodeIndex> FalseComplainers => Where(i => _falselyComplained[i]);

    /// <summary>How many members have confirmed.</summary>
    public int Confirmations => _confirmed.Count(confirmed => confirmed);

    /// <summary>A dealing from the log.</summary>
    public DkgVerdict Deal(NodeIndex author, ReadOnlySpan<byte> message)
    {
        if (Refuse(author, DkgPhase.Dealing, _dealings.Length > author.Value && _dealings[author.Value] is not null) is { } refused)
        {
            return refused;
        }

        DkgVerdict verdict = Dealing.TryDecode(group, Parameters, author, message, out Dealing? dealing);
        if (verdict == DkgVerdict.Accepted)
        {
            _dealings[author.Value] = dealing;
            _dealingHashes[author.Value] = Hash256.Of(message);
            if (!_dealings.Contains(null))
            {
                CloseDealing();
            }
        }

        return verdict;
    }

    /// <summary>A member's complaint message from the log. An item whose proof does not hold voids the whole message.</summary>
    public DkgVerdict Complain(NodeIndex author, ReadOnlySpan<byte> message)
    {
        if (Refuse(author, DkgPhase.Complaining, _complained.Length > author.Value && _complained[author.Value]) is { } refused)
        {
            return refused;
        }

        DkgVerdict verdict = ComplaintItem.TryDecode(group, Parameters, message, out List<ComplaintItem> items);
        if (verdict != DkgVerdict.Accepted)
        {
            return verdict;
        }

        foreach (ComplaintItem item in items)
        {
            if (_dealings[item.Dealer.Value] is not { } dealing)
            {
                return DkgVerdict.UnknownDealer;
            }

            if (!item.Proof.VerifyEquality(group, Parameters, author, Parameters.EncryptionKeys[author.Value], dealing.Ephemeral, item.Shared))
            {
                return DkgVerdict.BadProof;
            }
        }

        _complained[author.Value] = true;
        foreach (ComplaintItem item in items)
        {
            if (_dealings[item.Dealer.Value]!.TryOpenShare(group, Parameters, author, item.Shared, out _))
            {
                _falselyComplained[author.Value] = true;
                verdict = DkgVerdict.FalseComplaint;
            }
            else
            {
                _disqualified[item.Dealer.Value] = true;
            }
        }

        return verdict;
    }

    /// <summary>A member's confirmation from the log.</summary>
    public DkgVerdict Confirm(NodeIndex author, DkgConfirmation confirmation)
    {
        if (Refuse(author, DkgPhase.Confirming, _confirmed.Length > author.Value && _confirmed[author.Value]) is { } refused)
        {
            return refused;
        }

        if (confirmation != Outcome)
        {
            return DkgVerdict.OtherKey;
        }

        _confirmed[author.Value] = true;
        CompleteIfConfirmed();
        return DkgVerdict.Accepted;
    }

    /// <summary>The height is reached after which no dealing counts. Does nothing in a later phase.</summary>
    public void CloseDealing()
    {
        if (Phase == DkgPhase.Dealing)
        {
            Phase = Qualified.Count >= Parameters.Threshold ? DkgPhase.Complaining : DkgPhase.Failed;
        }
    }

    /// <summary>The height is reached after which no complaint counts: fixes the qualified set and the key. Does nothing in another phase.</summary>
    public void CloseComplaints()
    {
        if (Phase == DkgPhase.Complaining)
        {
            Phase = Derive() ? DkgPhase.Confirming : DkgPhase.Failed;
        }
    }

    /// <summary>
    /// The height is reached after which members who are away are not waited for. Until then it takes t + f = n confirmations, so that t honest
    /// shares are certain even if f of those who confirmed lied; from now on t do, because members who are away can still read their shares from the log.
    /// </summary>
    public void CloseConfirming()
    {
        if (Phase == DkgPhase.Confirming)
        {
            _thresholdSuffices = true;
            CompleteIfConfirmed();
        }
    }

    /// <summary>Whether this member's dealing, complaint or confirmation is on the log already.</summary>
    internal bool HasSpoken(NodeIndex member, DkgPhase phase) => phase switch
    {
        DkgPhase.Dealing => _dealings[member.Value] is not null,
        DkgPhase.Complaining => _complained[member.Value],
        _ => _confirmed[member.Value],
    };

    internal Dealing? DealingOf(NodeIndex dealer) => _dealings[dealer.Value];

    private DkgVerdict? Refuse(NodeIndex author, DkgPhase phase, bool spoken) =>
        author.Value >= Parameters.Members ? DkgVerdict.NotAMember
        : Phase != phase ? DkgVerdict.WrongPhase
        : spoken ? DkgVerdict.Duplicate
        : null;

    private void CompleteIfConfirmed()
    {
        if (Confirmations >= (_thresholdSuffices ? Parameters.Threshold : Parameters.Members))
        {
            Phase = DkgPhase.Completed;
        }
    }

    private bool Derive()
    {
        IReadOnlyList<NodeIndex> qualified = Qualified;
        if (qualified.Count < Parameters.Threshold)
        {
            return false;
        }

        // The sum of the dealers' commitments commits to the sum of their polynomials, whose value at zero is the group secret.
        var sum = new CurvePoint[Parameters.Threshold];
        for (int k = 0; k < sum.Length; k++)
        {
            sum[k] = group.Sum([.. qualified.Select(dealer => _dealings[dealer.Value]!.Commitments[k])]);
        }

        ImmutableArray<CurvePoint> shares = [.. Enumerable.Range(0, Parameters.Members).Select(i => Polynomial.EvaluateCommitments(group, sum, new NodeIndex((ushort)i)))];
        if (sum[0].IsIdentity || shares.Any(share => share.IsIdentity))
        {
            return false;
        }

        PublicKey = new ThresholdPublicKey(Parameters.Threshold, sum[0], shares);
        Outcome = new DkgConfirmation(sum[0], TranscriptHash(qualified));
        return true;
    }

    private Hash256 TranscriptHash(IReadOnlyList<NodeIndex> qualified)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.Write(Parameters.CeremonyId);
        writer.WriteArrayHeader(qualified.Count);
        foreach (NodeIndex dealer in qualified)
        {
            writer.WriteArrayHeader(2);
            writer.Write(dealer.Value);
            writer.Write(_dealingHashes[dealer.Value]);
        }

        return Hash256.Of(buffer.WrittenSpan);
    }

    private List<NodeIndex> Where(Func<int, bool> predicate) =>
        [.. Enumerable.Range(0, Parameters.Members).Where(predicate).Select(i => new NodeIndex((ushort)i))];
}
