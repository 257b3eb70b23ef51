namespace Aeamc.P2P.Threshold.Dkg;

/// <summary>
/// One member's part in a key generation: the public transcript plus the shares this member can open. A pure function of the parameters, the
/// member's seed and the log, so a restarted node feeds it the same log again and stands where it stood. After each step the host posts what
/// <see cref="Pending"/> names; posting twice is harmless.
/// </summary>
public sealed class DkgCeremony : IDisposable
{
    private readonly ISecp256k1Group _group;
    private readonly NodeIndex _self;
    private readonly DkgMemberSecret _secret;
    private readonly Scalar?[] _shares;

    /// <param name="self">This member's place; its entry of the parameters' encryption keys is <paramref name="secret"/>'s.</param>
    public DkgCeremony(ISecp256k1Group group, DkgParameters parameters, NodeIndex self, DkgMemberSecret secret)
    {
        Invariant.Check(self.Value < parameters.Members && parameters.EncryptionKeys[self.Value] == secret.EncryptionKey);
        (_group, _self, _secret) = (group, self, secret);
        Transcript = new DkgTranscript(group, parameters);
        _shares = new Scalar?[parameters.Members];
    }

    /// <summary>What is public about the ceremony.</summary>
    public DkgTranscript Transcript { get; }

    /// <summary>The message this member still owes to the log in this phase, or null.</summary>
    public DkgPost? Pending
    {
        get
        {
            DkgParameters parameters = Transcript.Parameters;
            if (Transcript.Phase >= DkgPhase.Completed || Transcript.HasSpoken(_self, Transcript.Phase))
            {
                return null;
            }

            return Transcript.Phase switch
            {
                DkgPhase.Dealing => new DkgPost.Deal([.. Dealing.Create(_group, parameters, _self, _secret).Encode(parameters)]),
                DkgPhase.Complaining => Complaint(),
                DkgPhase.Confirming when HoldsEveryShare() => new DkgPost.Confirm(Transcript.Outcome!.Value),
                _ => null,
            };
        }
    }

    /// <summary>A dealing from the log.</summary>
    public DkgVerdict Deal(NodeIndex author, ReadOnlySpan<byte> message)
    {
        DkgVerdict verdict = Transcript.Deal(author, message);
        if (verdict == DkgVerdict.Accepted)
        {
            Dealing dealing = Transcript.DealingOf(author)!;
            if (dealing.TryOpenShare(_group, Transcript.Parameters, _self, SharedWith(dealing), out Scalar share))
            {
                _shares[author.Value] = share;
            }
        }

        return verdict;
    }

    /// <summary>A complaint message from the log.</summary>
    public DkgVerdict Complain(NodeIndex author, ReadOnlySpan<byte> message) => Transcript.Complain(author, message);

    /// <summary>A confirmation from the log.</summary>
    public DkgVerdict Confirm(NodeIndex author, DkgConfirmation confirmation) => Transcript.Confirm(author, confirmation);

    /// <summary>
    /// This member's share of the key, from <see cref="DkgPhase.Confirming"/> on; null before, and for a member who was given a bad share and did not
    /// complain in time. The caller owns and disposes it.
    /// </summary>
    public SigningShare? TakeShare()
    {
        if (Transcript.PublicKey is not { } publicKey || !HoldsEveryShare())
        {
            return null;
        }

        Scalar sum = Scalar.Zero;
        foreach (NodeIndex dealer in Transcript.Qualified)
        {
            sum += _shares[dealer.Value]!.Value;
        }

        return new SigningShare(_group, _self, sum, publicKey);
    }

    /// <summary>Wipes the shares that were opened; the seed is its owner's.</summary>
    public void Dispose() => Array.Clear(_shares);

    private CurvePoint SharedWith(Dealing dealing) => _group.MultiplySecret(dealing.Ephemeral, _secret.Encryption);

    private bool HoldsEveryShare() => Transcript.Qualified.All(dealer => _shares[dealer.Value] is not null);

    private DkgPost.Complain? Complaint()
    {
        DkgParameters parameters = Transcript.Parameters;
        var items = new List<ComplaintItem>();
        foreach (NodeIndex dealer in Transcript.Qualified)
        {
            if (_shares[dealer.Value] is null)
            {
                Dealing dealing = Transcript.DealingOf(dealer)!;
                CurvePoint shared = SharedWith(dealing);
                DiscreteLogProof proof = DiscreteLogProof.ProveEquality(
                    _group, parameters, _self, _secret, _secret.Encryption, _secret.EncryptionKey, dealing.Ephemeral, shared);
                items.Add(new ComplaintItem(dealer, shared, proof));
            }
        }

        return items.Count == 0 ? null : new DkgPost.Complain([.. ComplaintItem.Encode(parameters, items)]);
    }
}
