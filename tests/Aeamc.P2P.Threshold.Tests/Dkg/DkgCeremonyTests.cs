using Aeamc.P2P.Primitives;
using Aeamc.P2P.Threshold.Dkg;
using Aeamc.P2P.Threshold.Frost;
using Aeamc.P2P.Threshold.Group;
using Aeamc.P2P.Threshold.Tests.Frost;

namespace Aeamc.P2P.Threshold.Tests.Dkg;

public class DkgCeremonyTests
{
    private static readonly byte[] Message = new byte[32];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 3)]
    [InlineData(20, 14)]
    public void All_honest_members_get_shares_of_one_key(int members, int threshold)
    {
        using var network = new DkgNetwork(members, threshold);
        network.PostPending();
        Assert.Equal(DkgPhase.Complaining, network.Members[0].Transcript.Phase);
        network.PostPending();
        network.CloseComplaints();
        network.PostPending();
        Assert.Equal(DkgPhase.Completed, network.Members[0].Transcript.Phase);
        AssertSigns(network, [.. network.Members]);
    }

    [Fact]
    public void One_dealer_away_does_not_stop_the_others_and_it_reads_its_share_later()
    {
        using var network = new DkgNetwork(4, 3);
        network.PostPending(offline: 2);
        Assert.Equal(DkgPhase.Dealing, network.Members[0].Transcript.Phase);
        network.CloseDealing();
        network.CloseComplaints();
        network.PostPending(offline: 2);
        Assert.Equal(DkgPhase.Confirming, network.Members[0].Transcript.Phase);
        network.CloseConfirming();
        Assert.Equal(DkgPhase.Completed, network.Members[0].Transcript.Phase);
        Assert.Equal([DkgNetwork.Index(0), DkgNetwork.Index(1), DkgNetwork.Index(3)], network.Members[0].Transcript.Qualified);
        AssertSigns(network, network.Members[0], network.Members[1], network.Replay(2));
    }

    [Fact]
    public void Too_few_dealers_fail_the_ceremony()
    {
        using var network = new DkgNetwork(4, 3);
        network.PostPending(1, 3);
        network.CloseDealing();
        Assert.Equal(DkgPhase.Failed, network.Members[0].Transcript.Phase);
        Assert.Null(network.Members[0].Pending);
        Assert.Null(network.Members[0].TakeShare());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_dealer_of_a_bad_share_is_disqualified_by_a_complaint(bool wellEncrypted)
    {
        using var network = new DkgNetwork(4, 3);
        Assert.Equal(DkgVerdict.Accepted, network.Post(1, wellEncrypted ? DealWrongShare(network, 1, 3) : Corrupt(network.Members[1].Pending, 3, 4)));
        network.PostPending();
        Assert.Null(network.Members[0].Pending);
        DkgPost.Complain complaint = Assert.IsType<DkgPost.Complain>(network.Members[3].Pending);

        // The victim crashes before its complaint is on the log; restarted, it makes the same one.
        Assert.Equal(complaint.Message, Assert.IsType<DkgPost.Complain>(network.Replay(3).Pending).Message);
        Assert.Equal(DkgVerdict.Accepted, network.Post(3, complaint));
        Assert.Equal(DkgVerdict.Duplicate, network.Post(3, complaint));
        Assert.Equal([DkgNetwork.Index(1)], network.Members[0].Transcript.Disqualified);

        network.CloseComplaints();
        network.PostPending();
        Assert.Equal(DkgPhase.Completed, network.Members[0].Transcript.Phase);
        AssertSigns(network, network.Members[1..]);
    }

    [Fact]
    public void A_victim_who_does_not_complain_in_time_has_no_share_and_the_others_go_on()
    {
        using var network = new DkgNetwork(4, 3);
        network.Post(1, Corrupt(network.Members[1].Pending, 3, 4));
        network.PostPending();
        network.CloseComplaints();
        network.PostPending();
        network.CloseConfirming();
        Assert.Equal(DkgPhase.Completed, network.Members[0].Transcript.Phase);
        Assert.Null(network.Members[3].TakeShare());
        Assert.Null(network.Members[3].Pending);
        AssertSigns(network, network.Members[..3]);
    }

    [Fact]
    public void A_false_complaint_is_recorded_and_changes_nothing()
    {
        using var network = new DkgNetwork(4, 3);
        network.PostPending();
        Assert.Equal(DkgVerdict.FalseComplaint, network.Post(2, Accuse(network, 2, 0)));
        Assert.Equal([DkgNetwork.Index(2)], network.Members[0].Transcript.FalseComplainers);
        Assert.Equal(4, network.Members[0].Transcript.Qualified.Count);
    }

    [Fact]
    public void A_complaint_with_a_wrong_point_is_no_complaint()
    {
        using var network = new DkgNetwork(4, 3);
        network.PostPending();
        DkgPost.Complain good = Accuse(network, 2, 0);

        // Another member's complaint, and one whose proof was changed.
        Assert.Equal(DkgVerdict.BadProof, network.Post(1, good));
        byte[] changed = [.. good.Message];
        changed[^1] ^= 1;
        Assert.Equal(DkgVerdict.BadProof, network.Post(2, new DkgPost.Complain([.. changed])));
        Assert.Empty(network.Members[0].Transcript.FalseComplainers);
        Assert.Equal(4, network.Members[0].Transcript.Qualified.Count);
    }

    [Fact]
    public void Two_cheating_dealers_of_four_fail_the_ceremony()
    {
        using var network = new DkgNetwork(4, 3);
        network.Post(0, Corrupt(network.Members[0].Pending, 3, 4));
        network.Post(1, Corrupt(network.Members[1].Pending, 3, 4));
        network.PostPending();
        network.PostPending();
        network.CloseComplaints();
        Assert.Equal(DkgPhase.Failed, network.Members[2].Transcript.Phase);
    }

    [Fact]
    public void A_dealing_or_ephemeral_key_cannot_be_copied_by_another_dealer()
    {
        using var network = new DkgNetwork(4, 3);
        DkgPost deal = network.Members[0].Pending!;
        Assert.Equal(DkgVerdict.BadProof, network.Post(1, deal));
        Assert.Equal(DkgVerdict.Accepted, network.Post(0, deal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_dealing_needs_a_proof_of_each_of_its_two_secrets(int fromTheEnd)
    {
        using var network = new DkgNetwork(4, 3);
        byte[] bytes = [.. Assert.IsType<DkgPost.Deal>(network.Members[0].Pending).Message];

        // From the end on: four shares and their header, the ephemeral key's proof, the secret's.
        bytes[^((4 * (EncryptedShare.Size + 2)) + 2 + (fromTheEnd * (DiscreteLogProof.Size + 2)))] ^= 1;
        Assert.Equal(DkgVerdict.BadProof, network.Post(0, new DkgPost.Deal([.. bytes])));
    }

    [Fact]
    public void Messages_out_of_place_are_refused()
    {
        using var network = new DkgNetwork(4, 3);
        using var other = new DkgNetwork(4, 3, "other");
        DkgPost.Deal deal = Assert.IsType<DkgPost.Deal>(network.Members[0].Pending);
        Assert.Equal(DkgVerdict.NotAMember, network.Post(4, deal));
        Assert.Equal(DkgVerdict.OtherCeremony, network.Post(0, other.Members[0].Pending!));
        Assert.Equal(DkgVerdict.Malformed, network.Post(0, new DkgPost.Deal([.. deal.Message, 0])));
        for (int length = 0; length < deal.Message.Length; length += 7)
        {
            Assert.Equal(DkgVerdict.Malformed, network.Post(0, new DkgPost.Deal(deal.Message[..length])));
        }

        Assert.Equal(DkgVerdict.Accepted, network.Post(0, deal));
        Assert.Equal(DkgVerdict.Duplicate, network.Post(0, deal));
        network.PostPending();
        Assert.Equal(DkgVerdict.WrongPhase, network.Post(0, deal));
        DkgPost.Complain accusation = Accuse(network, 2, 0);
        for (int length = 0; length < accusation.Message.Length; length += 3)
        {
            Assert.Equal(DkgVerdict.Malformed, network.Post(2, new DkgPost.Complain(accusation.Message[..length])));
        }

        network.CloseComplaints();
        Assert.Equal(DkgVerdict.WrongPhase, network.Post(2, accusation));
        DkgConfirmation outcome = network.Members[0].Transcript.Outcome!.Value;
        Assert.Equal(DkgVerdict.OtherKey, network.Post(0, new DkgPost.Confirm(outcome with { Transcript = Hash256.Zero })));
        Assert.Equal(DkgVerdict.Accepted, network.Post(0, new DkgPost.Confirm(outcome)));
        Assert.Equal(DkgVerdict.Duplicate, network.Post(0, new DkgPost.Confirm(outcome)));
    }

    [Fact]
    public void The_bytes_of_a_dealing_do_not_change()
    {
        using var network = new DkgNetwork(4, 3);
        DkgPost.Deal deal = Assert.IsType<DkgPost.Deal>(network.Members[0].Pending);
        Assert.Equal("8a396253d3a6800ac368b4c695457227e1eee07b96ed595af72640d6b81684bf", network.Parameters.CeremonyId.ToString());
        Assert.Equal("9dfbc94e75df5329adaf30fc84cc7603952f5f7b4811659c4e9016acae7f5097", Hash256.Of(deal.Message.AsSpan()).ToString());
        Assert.Equal(deal.Message, Assert.IsType<DkgPost.Deal>(network.Replay(0).Pending).Message);
        network.PostPending();
        Assert.Equal("a3c2ed1a65c8f4fe27cd65b243e692ee2717ca321396b63501480f00cf5d32c3", Hash256.Of(Accuse(network, 2, 0).Message.AsSpan()).ToString());
        network.CloseComplaints();
        Assert.Equal("02ac731439d15fa9bb73fb51dd5c643448fb324d12455dd61626c3035cd1331ac5", network.Members[0].Transcript.Outcome!.Value.GroupKey.ToString());
        Assert.Equal("82f6e20f3d0b4a275fb49e4fcb3e0204d8d29e65794cf7f2a95d3ba9a730f87e", network.Members[0].Transcript.Outcome!.Value.Transcript.ToString());
    }

    /// <summary>Any t of the members sign, and so does a member that replays the log.</summary>
    private static void AssertSigns(DkgNetwork network, params DkgCeremony[] members)
    {
        SigningShare[] shares = [.. members.Select(member => member.TakeShare()!)];
        var random = new Random(network.Parameters.Members);
        CurvePoint key = network.Members[0].Transcript.Outcome!.Value.GroupKey;
        for (int run = 0; run < 3; run++)
        {
            SigningShare[] signers = [.. shares.OrderBy(_ => random.Next()).Take(network.Parameters.Threshold)];
            FrostSignature signature = FrostSigningTests.Sign(random, signers, Message);
            Assert.True(signature.Verify(DkgNetwork.Group, key, Message));
        }

        int first = shares[0].Index.Value;
        Assert.Equal(shares[0].Secret, network.Replay(first).TakeShare()!.Secret);
    }

    /// <summary>Flips a bit of the share that is encrypted for <paramref name="victim"/>.</summary>
    private static DkgPost.Deal Corrupt(DkgPost? post, int victim, int members)
    {
        byte[] bytes = [.. Assert.IsType<DkgPost.Deal>(post).Message];
        bytes[^((members - victim) * (EncryptedShare.Size + 2) - 10)] ^= 1;
        return new DkgPost.Deal([.. bytes]);
    }

    /// <summary>A dealing in which one share is well encrypted and wrong.</summary>
    private static DkgPost.Deal DealWrongShare(DkgNetwork network, int dealer, int victim)
    {
        Dealing dealing = Dealing.Create(DkgNetwork.Group, network.Parameters, DkgNetwork.Index(dealer), network.Secrets[dealer]);
        CurvePoint shared = DkgNetwork.Group.MultiplySecret(network.Parameters.EncryptionKeys[victim], network.Secrets[dealer].Ephemeral(network.Parameters));
        dealing.Shares[victim] = EncryptedShare.Seal(
            network.Parameters, DkgNetwork.Index(dealer), DkgNetwork.Index(victim), dealing.Ephemeral, shared, Scalar.FromUInt32(5));
        return new DkgPost.Deal([.. dealing.Encode(network.Parameters)]);
    }

    /// <summary>A well-made complaint, whether there is cause or not.</summary>
    private static DkgPost.Complain Accuse(DkgNetwork network, int complainer, int dealer)
    {
        DkgMemberSecret secret = network.Secrets[complainer];
        CurvePoint ephemeral = network.Members[0].Transcript.DealingOf(DkgNetwork.Index(dealer))!.Ephemeral;
        CurvePoint shared = DkgNetwork.Group.MultiplySecret(ephemeral, secret.Encryption);
        DiscreteLogProof proof = DiscreteLogProof.ProveEquality(
            DkgNetwork.Group, network.Parameters, DkgNetwork.Index(complainer), secret, secret.Encryption, secret.EncryptionKey, ephemeral, shared);
        return new DkgPost.Complain([.. ComplaintItem.Encode(network.Parameters, [new ComplaintItem(DkgNetwork.Index(dealer), shared, proof)])]);
    }
}
