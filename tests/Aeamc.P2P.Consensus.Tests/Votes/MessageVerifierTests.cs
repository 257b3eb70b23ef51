using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Tests.Support;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Tests.Votes;

public class MessageVerifierTests
{
    private readonly World _world = new();

    [Fact]
    public void A_vote_counts_only_in_its_own_network_cluster_epoch_view_and_kind()
    {
        Statement statement = Statement.Nullify(_world.Epoch, new View(3));
        Vote good = _world.Vote(new NodeIndex(1), statement);
        Assert.Equal(VerificationResult.Valid, _world.Verifier.Verify(good, out _));
        Assert.Equal(VerificationResult.BadSignature, Check(good with { Voter = new NodeIndex(2) }));
        Assert.Equal(VerificationResult.UnknownVoter, Check(good with { Voter = new NodeIndex(4) }));
        Assert.Equal(VerificationResult.BadSignature, Check(good with { Statement = Statement.Nullify(_world.Epoch, new View(4)) }));
        Assert.Equal(VerificationResult.WrongEpoch, Check(good with { Statement = Statement.Nullify(new Epoch(1), new View(3)) }));
        foreach (SigningDomain other in new[]
        {
            _world.Domain with { NetworkId = Hash256.Of("other"u8) },
            _world.Domain with { ClusterId = 8 },
        })
        {
            Vote foreign = good with { Signature = ToySignatures.Sign(_world.Committee[new NodeIndex(1)], other.Message(statement)) };
            Assert.Equal(VerificationResult.BadSignature, Check(foreign));
        }
    }

    [Fact]
    public void A_nodes_own_vote_is_taken_only_under_the_key_that_the_committee_knows()
    {
        Vote vote = _world.Vote(new NodeIndex(1), Statement.Nullify(_world.Epoch, new View(3)));

        Assert.Same(vote, _world.Verifier.Own(vote, _world.Committee[new NodeIndex(1)]).Message);
        Assert.Throws<InvariantException>(() => _world.Verifier.Own(vote, _world.Committee[new NodeIndex(2)]));
        Assert.Throws<InvariantException>(() => _world.Verifier.Own(vote with { Voter = new NodeIndex(4) }, _world.Committee[new NodeIndex(1)]));
        Assert.Throws<InvariantException>(() => _world.Verifier.Own(vote with { Statement = Statement.Nullify(_world.Epoch, View.Zero) }, _world.Committee[new NodeIndex(1)]));
    }

    [Fact]
    public void Every_field_of_a_statement_and_of_its_domain_changes_what_is_signed()
    {
        BlockRef block = World.Block(World.Block(_world.Genesis, 1), 3);
        Statement statement = Statement.Notarize(_world.Epoch, block);
        byte[] message = _world.Domain.Message(statement);
        Assert.Equal(message, _world.Domain.Message(Statement.Notarize(_world.Epoch, block)));
        foreach (Statement other in (Statement[])
        [
            Statement.Finalize(_world.Epoch, block),
            Statement.Notarize(_world.Epoch, block with { Hash = Hash256.Of("other"u8) }),
            Statement.Notarize(_world.Epoch, block with { Height = new Height(9) }),
            Statement.Notarize(_world.Epoch, block with { View = new View(4) }),
            Statement.Notarize(_world.Epoch, block with { ParentHash = Hash256.Of("other"u8) }),
            Statement.Notarize(_world.Epoch, block with { ParentView = new View(2) }),
        ])
        {
            Assert.NotEqual(message, _world.Domain.Message(other));
        }

        var later = new Epoch(1);
        Assert.NotEqual(message, (_world.Domain with { NetworkId = Hash256.Of("other"u8) }).Message(statement));
        Assert.NotEqual(message, (_world.Domain with { ClusterId = 8 }).Message(statement));
        Assert.NotEqual(message, (_world.Domain with { Epoch = later }).Message(Statement.Notarize(later, block)));
    }

    [Fact]
    public void Statements_true_of_no_block_are_malformed()
    {
        BlockRef block = World.Block(_world.Genesis, 1);
        Assert.Equal(VerificationResult.Malformed, Check(_world.Vote(default, Statement.Nullify(_world.Epoch, View.Zero))));
        Assert.Equal(VerificationResult.Malformed, Check(_world.Vote(default, Statement.Nullify(_world.Epoch, new View(ulong.MaxValue)))));
        Assert.Equal(VerificationResult.Malformed, Check(_world.Vote(default, Statement.Notarize(_world.Epoch, block with { ParentView = new View(1) }))));
        Assert.Equal(VerificationResult.Malformed, Check(_world.Vote(default, Statement.Finalize(_world.Epoch, block with { Height = Height.Zero }))));
        Assert.Equal(VerificationResult.Malformed, Check(_world.Vote(default, Statement.Notarize(_world.Epoch, block with { Height = new Height(ulong.MaxValue) }))));
        Assert.Equal(VerificationResult.Malformed, Check(_world.Vote(default, Statement.Notarize(_world.Epoch, block with { Hash = Hash256.Zero }))));
    }

    [Fact]
    public void A_proposal_needs_its_views_leader_and_the_content_of_its_block()
    {
        BlockRef block = World.Block(_world.Genesis, 1);
        Proposal good = _world.Proposal(block).Message;
        Vote byAnother = _world.Vote(_world.LeaderOf(2), good.Notarize.Statement);
        Assert.Equal(VerificationResult.NotTheLeader, _world.Verifier.Verify(good with { Notarize = byAnother }, out _));
        Assert.Equal(VerificationResult.BadSignature, _world.Verifier.Verify(good with { Notarize = good.Notarize with { Signature = byAnother.Signature } }, out _));
        Vote finalize = _world.Vote(_world.LeaderOf(1), Statement.Finalize(_world.Epoch, block));
        Assert.Equal(VerificationResult.Malformed, _world.Verifier.Verify(good with { Notarize = finalize }, out _));
        Assert.Equal(VerificationResult.ContentMismatch, _world.Verifier.Verify(good with { Content = new byte[] { 1 } }, out Verified<Proposal>? none));
        Assert.Null(none);
    }

    [Fact]
    public void A_certificate_needs_a_quorum_of_good_signatures_and_a_bitmap_that_fits()
    {
        Certificate good = _world.Certificate(Statement.Nullify(_world.Epoch, new View(1)));
        Assert.Equal(VerificationResult.Valid, Check(good));
        Assert.Equal(VerificationResult.Valid, Check(_world.Certificate(good.Statement, signers: 4)));
        Assert.Equal(VerificationResult.BadSignature, Check(good with { Signers = SignerBitmap.From([0b1110]) }));
        Assert.Equal(VerificationResult.BadBitmap, Check(good with { Signers = SignerBitmap.From([0b10011]) }));
        Assert.Equal(VerificationResult.BadBitmap, Check(good with { Signers = SignerBitmap.From([0b0111, 0]) }));
        Assert.Equal(VerificationResult.BadBitmap, Check(good with { Signatures = good.Signatures[..^64] }));
        Assert.Equal(VerificationResult.NoQuorum, Check(good with { Signers = SignerBitmap.From([0b11]), Signatures = good.Signatures[..128] }));
        Assert.Equal(VerificationResult.BadSignature, Check(good with { Statement = Statement.Nullify(_world.Epoch, new View(2)) }));
    }

    [Fact]
    public void Evidence_is_only_what_no_honest_member_signs()
    {
        var voter = new NodeIndex(1);
        BlockRef one = World.Block(_world.Genesis, 1), other = World.Block(_world.Genesis, 1, "other");
        Statement notarize = Statement.Notarize(_world.Epoch, one), nullify = Statement.Nullify(_world.Epoch, new View(1));
        Assert.Equal(EquivocationKind.TwoNotarizes, Kind(notarize, Statement.Notarize(_world.Epoch, other)));
        Assert.Equal(EquivocationKind.TwoFinalizes, Kind(Statement.Finalize(_world.Epoch, one), Statement.Finalize(_world.Epoch, other)));
        Assert.Equal(EquivocationKind.NullifyAndFinalize, Kind(nullify, Statement.Finalize(_world.Epoch, one)));
        Assert.Null(Kind(notarize, nullify));
        Assert.Null(Kind(notarize, Statement.Finalize(_world.Epoch, one)));
        Assert.Null(Kind(notarize, notarize));
        Assert.Null(Kind(notarize, Statement.Notarize(_world.Epoch, World.Block(one, 2))));
        Assert.False(EquivocationEvidence.TryCreate(_world.Vote(voter, notarize), _world.Vote(default, Statement.Notarize(_world.Epoch, other)), out _));

        EquivocationKind? Kind(Statement a, Statement b) =>
            EquivocationEvidence.TryCreate(_world.Vote(voter, a), _world.Vote(voter, b), out EquivocationEvidence? evidence)
                && evidence.Verify(_world.Verifier) == VerificationResult.Valid
                ? evidence.Kind
                : null;
    }

    [Fact]
    public void Evidence_with_a_forged_vote_does_not_verify()
    {
        var voter = new NodeIndex(1);
        Statement notarize = Statement.Notarize(_world.Epoch, World.Block(_world.Genesis, 1)), other = Statement.Notarize(_world.Epoch, World.Block(_world.Genesis, 1, "other"));
        foreach ((Statement signed, Statement claimed) in ((Statement, Statement)[])[(notarize, other), (other, notarize)])
        {
            Vote one = _world.Vote(voter, signed);
            Assert.True(EquivocationEvidence.TryCreate(one, one with { Statement = claimed }, out EquivocationEvidence? evidence));
            Assert.Equal(VerificationResult.BadSignature, evidence.Verify(_world.Verifier));
        }
    }

    [Fact]
    public void Votes_of_two_epochs_are_no_evidence()
    {
        var voter = new NodeIndex(1);
        BlockRef one = World.Block(_world.Genesis, 1), other = World.Block(_world.Genesis, 1, "other");
        Assert.False(EquivocationEvidence.TryCreate(
            _world.Vote(voter, Statement.Notarize(_world.Epoch, one)), new Vote(Statement.Notarize(new Epoch(1), other), voter, default), out _));
    }

    private VerificationResult Check(Vote vote) => _world.Verifier.Verify(vote, out _);

    private VerificationResult Check(Certificate certificate) => _world.Verifier.Verify(certificate, out _);
}
