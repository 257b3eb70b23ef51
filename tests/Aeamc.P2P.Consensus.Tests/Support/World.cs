using Aeamc.P2P.Consensus.Committees;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Tests.Support;

/// <summary>A committee whose members all sign what a test tells them to, honest or not.</summary>
public sealed class World
{
    public World(int members = 4, ulong epoch = 0)
    {
        Epoch = new Epoch(epoch);
        Committee = new Committee([.. Enumerable.Range(0, members).Select(i => new NodeId(Hash256.Of(BitConverter.GetBytes(i)).ToArray()))]);
        Leaders = new LeaderSchedule(Committee, Hash256.Of("seed"u8));
        Domain = new SigningDomain(Hash256.Of("test"u8), 7, Epoch);
        Verifier = new MessageVerifier(Domain, Committee, Leaders, new ToySignatures(), new HashContent());
    }

    public Epoch Epoch { get; }

    public Committee Committee { get; }

    public LeaderSchedule Leaders { get; }

    public SigningDomain Domain { get; }

    public MessageVerifier Verifier { get; }

    public BlockRef Genesis { get; } = BlockRef.Genesis(Hash256.Of("genesis"u8));

    public NodeIndex LeaderOf(ulong view) => Leaders.LeaderOf(new View(view));

    /// <summary>A block named by a text, so that different texts conflict.</summary>
    public static BlockRef Block(BlockRef parent, ulong view, string name = "block") =>
        parent.Child(Hash256.Of(System.Text.Encoding.UTF8.GetBytes($"{name}/{view}/{parent.Hash}")), new View(view));

    public Vote Vote(NodeIndex voter, Statement statement) =>
        new(statement, voter, ToySignatures.Sign(Committee[voter], Domain.Message(statement)));

    public Verified<Vote> Verified(Vote vote)
    {
        Assert.Equal(VerificationResult.Valid, Verifier.Verify(vote, out Verified<Vote>? verified));
        return verified!;
    }

    public Verified<Proposal> Proposal(BlockRef block)
    {
        var proposal = new Proposal(Vote(LeaderOf(block.View.Value), Statement.Notarize(Epoch, block)), block.Hash.ToArray());
        Assert.Equal(VerificationResult.Valid, Verifier.Verify(proposal, out Verified<Proposal>? verified));
        return verified!;
    }

    public Certificate Certificate(Statement statement, int? signers = null) =>
        CertificateBy(Enumerable.Range(0, signers ?? Committee.Quorum).Select(member => new NodeIndex((ushort)member)), statement);

    /// <summary>A quorum's certificate that a member is not needed for, where there are enough others.</summary>
    public Certificate CertificateWithout(NodeIndex member, Statement statement) =>
        CertificateBy(Enumerable.Range(0, Committee.Count).Select(other => new NodeIndex((ushort)other)).OrderBy(other => other == member).Take(Committee.Quorum), statement);

    public Certificate CertificateBy(IEnumerable<NodeIndex> signers, Statement statement)
    {
        var tally = new VoteTally(Committee);
        foreach (NodeIndex signer in signers)
        {
            tally.TryAdd(Vote(signer, statement), out _);
        }

        return tally.Assemble(statement);
    }

    public Verified<Certificate> Verified(Certificate certificate)
    {
        Assert.Equal(VerificationResult.Valid, Verifier.Verify(certificate, out Verified<Certificate>? verified));
        return verified!;
    }
}
