using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Testnet.Crash;

namespace Aeamc.P2P.Testnet.Tests.Crash;

/// <summary>The sweep's judge finds each thing that must never be said, and nothing in what an honest member says.</summary>
public sealed class VoteComparisonTests : IDisposable
{
    private static readonly BlockRef Genesis = BlockRef.Genesis(Hash256.Of("genesis"u8));
    private static readonly BlockRef One = Genesis.Child(Hash256.Of("one"u8), new View(1));
    private static readonly BlockRef Other = Genesis.Child(Hash256.Of("other"u8), new View(1));

    private readonly Ed25519PrivateKey[] _keys = [.. Enumerable.Range(0, 4).Select(index => Ed25519PrivateKey.FromSeed(Hash256.Of([(byte)index]).ToArray()))];
    private readonly GenesisDocument _genesis;
    private readonly SigningDomain _domain;
    private readonly string _file = Path.GetTempFileName();

    public VoteComparisonTests()
    {
        _genesis = new GenesisDocument(
            "unit", 7, new Timestamp(1_700_000_000_000), [.. _keys.Select((key, index) => new GenesisMember(key.PublicKey, $"node-{index}") { DkgKey = new byte[GenesisMember.DkgKeySize] })], NetworkParameters.Default, []);
        _domain = new SigningDomain(_genesis.NetworkId, _genesis.ClusterId, Epoch.Zero);
    }

    public void Dispose()
    {
        Array.ForEach(_keys, key => key.Dispose());
        File.Delete(_file);
    }

    [Fact]
    public void What_an_honest_member_says_is_no_violation()
    {
        VoteComparison comparison = Compare(Vote(0, Notarize(One)), Vote(0, Finalize(One)), Vote(0, Notarize(One)), Vote(1, Notarize(One)), Vote(1, Nullify(1)), Vote(2, Nullify(1)));
        Assert.Empty(comparison.Violations);
        Assert.Equal((5L, 5L), (comparison.Votes, comparison.Messages));
    }

    public static TheoryData<string> Offences => ["two notarizes", "two finalizes", "nullify after finalize", "finalize after nullify", "finalize against notarize", "notarize against finalize"];

    [Theory]
    [MemberData(nameof(Offences))]
    public void Each_offence_is_found(string offence)
    {
        Statement[] said = offence switch
        {
            "two notarizes" => [Notarize(One), Notarize(Other)],
            "two finalizes" => [Finalize(One), Finalize(Other)],
            "nullify after finalize" => [Finalize(One), Nullify(1)],
            "finalize after nullify" => [Nullify(1), Finalize(One)],
            "finalize against notarize" => [Notarize(One), Finalize(Other)],
            _ => [Finalize(Other), Notarize(One)],
        };
        Assert.NotEmpty(Compare([.. said.Select(statement => Vote(3, statement))]).Violations);
        Assert.Empty(Compare(Vote(2, said[0]), Vote(3, said[1])).Violations);
    }

    [Fact]
    public void A_vote_that_only_a_certificate_tells_of_counts()
    {
        Statement nullify = Nullify(1);
        var signatures = new byte[3 * VoteSignature.Size];
        for (ushort i = 0; i < 3; i++)
        {
            Vote(i, nullify).Signature.CopyTo(signatures.AsSpan(i * VoteSignature.Size));
        }

        Assert.NotEmpty(Compare(Vote(1, Finalize(One)), new Certificate(nullify, SignerBitmap.From([0b111]), signatures)).Violations);
    }

    [Fact]
    public void A_forged_vote_and_one_of_another_member_are_named()
    {
        Vote good = Vote(1, Nullify(1));
        Assert.NotEmpty(Compare(good with { Voter = new NodeIndex(2) }).Violations);
        File.WriteAllBytes(_file, []);
        using (var recorder = new VoteRecorder(_file, TimeProvider.System))
        {
            recorder.Record(new NodeIndex(0), ConsensusMessageCodec.Encode(good));
            recorder.Record(new NodeIndex(0), [0xff]);
        }

        var comparison = new VoteComparison(_genesis);
        comparison.Read(_file);
        Assert.Equal(2, comparison.Violations.Count);
    }

    [Fact]
    public void Percentiles_are_of_the_nearest_rank()
    {
        Assert.Equal(new RecoveryFigures(0, 0, 0, 0), RecoveryFigures.Of([]));
        Assert.Equal(new RecoveryFigures(4, 30, 40, 40), RecoveryFigures.Of([40, 10, 30, 20]));
    }

    [Fact]
    public async Task Wrong_arguments_are_refused() =>
        Assert.Equal(TestnetCommand.Usage, await TestnetCommand.InvokeAsync(["crash", "--kills", "0"], (_, _) => throw new InvalidOperationException("not the main job")));

    private static Statement Notarize(BlockRef block) => Statement.Notarize(Epoch.Zero, block);

    private static Statement Finalize(BlockRef block) => Statement.Finalize(Epoch.Zero, block);

    private static Statement Nullify(ulong view) => Statement.Nullify(Epoch.Zero, new View(view));

    private Vote Vote(ushort voter, Statement statement) =>
        new(statement, new NodeIndex(voter), new VoteSignature(_keys[voter].Sign(_domain.Message(statement))));

    private VoteComparison Compare(params ConsensusMessage[] messages)
    {
        File.Delete(_file);
        using (var recorder = new VoteRecorder(_file, TimeProvider.System))
        {
            foreach (ConsensusMessage message in messages)
            {
                recorder.Record(message is Vote vote ? vote.Voter : new NodeIndex(0), ConsensusMessageCodec.Encode(message));
            }
        }

        var comparison = new VoteComparison(_genesis);
        comparison.Read(_file);
        return comparison;
    }
}
