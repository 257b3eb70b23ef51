using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Checkers;

namespace Aeamc.P2P.Simulator.Tests;

public class CheckerTests
{
    private static readonly BlockRef Genesis = BlockRef.Genesis(Hash256.Of("genesis"u8));
    private static readonly BlockRef One = Genesis.Child(Hash256.Of("one"u8), new View(1));
    private static readonly BlockRef Other = Genesis.Child(Hash256.Of("other"u8), new View(1));
    private static readonly NodeIndex A = new(0);
    private static readonly NodeIndex B = new(1);

    [Fact]
    public void Agreement_finds_a_fork_and_a_broken_chain_and_nothing_in_a_good_one()
    {
        var checker = new AgreementChecker();
        checker.Add(A, One, Genesis);
        checker.Add(B, One, Genesis);
        Assert.Empty(checker.Violations);

        checker.Add(B, Other, Genesis);
        Assert.StartsWith("fork at height 1", Assert.Single(checker.Violations), StringComparison.Ordinal);
        checker.Add(A, Other.Child(Hash256.Of("two"u8), new View(2)), One);
        Assert.StartsWith("broken chain", checker.Violations[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("n n", true)]
    [InlineData("n x", true)]
    [InlineData("n f", true)]
    [InlineData("n x n", true)]
    [InlineData("n N", false)]
    [InlineData("x n", false)]
    [InlineData("x f", false)]
    [InlineData("f x", false)]
    [InlineData("f F", false)]
    public void Honest_votes_in_one_view(string votes, bool allowed)
    {
        var checker = new HonestVoteChecker();
        foreach (string vote in votes.Split(' '))
        {
            checker.Add(A, vote switch
            {
                "n" => Statement.Notarize(Epoch.Zero, One),
                "N" => Statement.Notarize(Epoch.Zero, Other),
                "f" => Statement.Finalize(Epoch.Zero, One),
                "F" => Statement.Finalize(Epoch.Zero, Other),
                _ => Statement.Nullify(Epoch.Zero, new View(1)),
            });
            checker.Add(B, Statement.Nullify(Epoch.Zero, new View(1)));
        }

        Assert.Equal(allowed, checker.Violations.Count == 0);
    }

    [Fact]
    public void Certificates_of_too_few_or_of_wrong_signers_and_contradictions_are_found()
    {
        var simulation = new Simulation(new SimulationOptions());
        Assert.Empty(Found(simulation, Nullification(simulation, 3), Certified(simulation, Statement.Notarize(Epoch.Zero, One), 3)));
        Assert.Contains("does not stand", Assert.Single(Found(simulation, Nullification(simulation, 2))), StringComparison.Ordinal);
        var liar = new CertificateChecker(simulation);
        liar.Add(A, false, Nullification(simulation, 2));
        Assert.Empty(liar.Violations);
        Certificate forged = Nullification(simulation, 3) with { Signatures = new byte[192] };
        Assert.Contains("does not stand", Assert.Single(Found(simulation, forged)), StringComparison.Ordinal);
        Assert.Contains(
            "nullification and finalization",
            Assert.Single(Found(simulation, Nullification(simulation, 3), Certified(simulation, Statement.Finalize(Epoch.Zero, One), 3))),
            StringComparison.Ordinal);
        Assert.Contains(
            "two notarizations",
            Assert.Single(Found(
                simulation,
                Certified(simulation, Statement.Notarize(Epoch.Zero, Other), 3),
                Certified(simulation, Statement.Notarize(Epoch.Zero, One), 4))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_skipped_view_without_a_nullification_is_found()
    {
        var simulation = new Simulation(new SimulationOptions());
        var checker = new CertificateChecker(simulation);
        BlockRef two = Genesis.Child(Hash256.Of("two"u8), new View(2));
        checker.OnCommit(A, two);
        Assert.Contains("skips view 1", Assert.Single(checker.Violations), StringComparison.Ordinal);

        checker.Violations.Clear();
        checker.Add(A, true, Nullification(simulation, 3));
        checker.OnCommit(A, two);
        Assert.Empty(checker.Violations);
    }

    [Fact]
    public void An_entry_applied_twice_a_miscounted_proof_and_a_lost_entry_are_found()
    {
        var checker = new EntryChecker();
        var proof = new EntryOutcome(Hash256.Of("proof"u8), EntryKind.TaskProof, RefusalCode.None);
        checker.OnAcknowledged(A, proof.EntryId, 0);
        checker.OnBlock([proof], 1);
        checker.OnBlock([proof with { Code = RefusalCode.ProofDuplicate }], 1);
        checker.OnAcknowledged(B, proof.EntryId, 1);
        checker.OnEnd();
        Assert.Empty(checker.Violations);

        checker.OnBlock([proof], 2);
        Assert.Contains("applied twice", Assert.Single(checker.Violations), StringComparison.Ordinal);
        checker.OnBlock([], 3);
        Assert.Contains("counts 3 proofs", checker.Violations[1], StringComparison.Ordinal);
        checker.OnAcknowledged(A, Hash256.Of("lost"u8), 5_000);
        checker.OnEnd();
        Assert.Contains("acknowledged at 5 ms, is in no final block", checker.Violations[2], StringComparison.Ordinal);
    }

    private static List<string> Found(Simulation simulation, params Certificate[] certificates)
    {
        var checker = new CertificateChecker(simulation);
        foreach (Certificate certificate in certificates)
        {
            checker.Add(A, true, certificate);
        }

        return checker.Violations;
    }

    private static Certificate Nullification(Simulation simulation, int signers) =>
        Certified(simulation, Statement.Nullify(Epoch.Zero, new View(1)), signers);

    private static Certificate Certified(Simulation simulation, Statement statement, int signers)
    {
        var signatures = new byte[64 * signers];
        for (ushort i = 0; i < signers; i++)
        {
            simulation.Sign(new NodeIndex(i), statement).Signature.CopyTo(signatures.AsSpan(64 * i));
        }

        return new Certificate(statement, SignerBitmap.From([(byte)((1 << signers) - 1)]), signatures);
    }
}
