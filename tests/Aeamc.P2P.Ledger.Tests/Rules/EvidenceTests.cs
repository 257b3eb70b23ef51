using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger.Tests;

/// <summary>Equivocation on the ledger: one conviction a member and epoch, what it costs, and what is no conviction.</summary>
public class EvidenceTests
{
    private readonly World _world = new();

    private NodeId Offender => _world.Members[2];

    private DecodedEntry Report(int reporter, byte[] evidence) => _world.ByMember(reporter, new EvidenceReport(evidence));

    [Fact]
    public void ConvictionIsOnRecordOnceWhoeverReportsItAndHoweverOftenTheMemberDidIt()
    {
        Hash256 before = _world.State.Root;
        DecodedEntry first = Report(0, FakeCrypto.Evidence(Offender, epoch: 0, view: 5, kind: OffenceKind.NullifyAndFinalize));
        BlockResult result = _world.Block(
            first,
            Report(1, FakeCrypto.Evidence(Offender, 0, 5, kind: OffenceKind.NullifyAndFinalize)),
            Report(0, FakeCrypto.Evidence(Offender, 0, 5, kind: OffenceKind.NullifyAndFinalize, more: 1)),
            Report(1, FakeCrypto.Evidence(Offender, 0, 6)));

        Assert.Equal(
            [RefusalCode.None, RefusalCode.EvidenceDuplicate, RefusalCode.EvidenceDuplicate, RefusalCode.EvidenceDuplicate],
            result.Outcomes.Select(outcome => outcome.Code));
        Assert.Equal(RefusalCode.EvidenceDuplicate, _world.Apply(Report(3, FakeCrypto.Evidence(Offender, 0, 7))));
        Assert.Equal(1, _world.Crypto.EvidenceChecks);
        Assert.Equal(1UL, _world.State.Counters.Offences);
        Assert.Equal(new MemberRecord(OffenceKind.NullifyAndFinalize, Epoch.Zero, new View(5), new Height(1), first.Id, 0), _world.State.Misconduct(Offender));
        Assert.NotEqual(before, _world.State.Root);
        Assert.Equal(_world.State.Root, _world.Reload().Root);
        Assert.Equal(_world.State.Misconduct(Offender), _world.Reload().Misconduct(Offender));
    }

    [Fact]
    public void ConvictedMemberLosesItsReputationAtOnceAndItsEligibilityFromTheNextEpoch()
    {
        Assert.Equal(_world.State.Parameters.ReputationStart, _world.State.Reputation(Offender));
        Assert.True(_world.State.IsEligible(Offender, new Epoch(1)));
        Assert.Empty(_world.State.Convicted());

        _world.Accept(Report(0, FakeCrypto.Evidence(Offender, 0, 5)));

        Assert.Equal(0UL, _world.State.Reputation(Offender));
        Assert.Equal([true, false, false], new ulong[] { 0, 1, 2 }.Select(epoch => _world.State.IsEligible(Offender, new Epoch(epoch))));
        Assert.Equal([new NodeIndex(2)], _world.State.Convicted());
        Assert.True(_world.State.IsEligible(_world.Members[0], new Epoch(1)));
        Assert.Equal(_world.State.Parameters.ReputationStart, _world.State.Reputation(_world.Members[0]));
        Assert.Null(_world.State.Reputation(World.Node("stranger")));
        Assert.False(_world.State.IsEligible(World.Node("stranger"), Epoch.Zero));

        // It may go on until the epoch ends: what it signs is judged for itself.
        Assert.Equal(RefusalCode.None, _world.Apply(Report(2, FakeCrypto.Evidence(_world.Members[3], 0, 5))));
    }

    [Fact]
    public void EvidenceOfALaterEpochConvictsAgain()
    {
        _world.Accept(Report(0, FakeCrypto.Evidence(Offender, epoch: 0, view: 5)));
        _world.Accept(Report(0, FakeCrypto.Evidence(Offender, epoch: 1, view: 2)));
        Assert.Equal(RefusalCode.EvidenceDuplicate, _world.Apply(Report(0, FakeCrypto.Evidence(Offender, epoch: 0, view: 9))));
        Assert.Equal((new Epoch(1), 2UL), (_world.State.Misconduct(Offender)!.Epoch, _world.State.Counters.Offences));
        Assert.Equal([new NodeIndex(2)], _world.State.Convicted());
    }

    [Fact]
    public void NothingButTwoSignaturesOfAMemberConvicts()
    {
        (RefusalCode Code, DecodedEntry Entry)[] cases =
        [
            (RefusalCode.EvidenceInvalid, Report(0, FakeCrypto.Evidence(Offender, 0, 5, valid: false))),
            (RefusalCode.EvidenceInvalid, Report(0, FakeCrypto.Evidence(World.Node("stranger"), 0, 5))),
            (RefusalCode.EvidenceInvalid, Report(0, [1, 2, 3])),
            (RefusalCode.NotAMember, _world.Sign(new EvidenceReport(FakeCrypto.Evidence(Offender, 0, 5)), FakeCrypto.Ed25519Key("stranger"))),
        ];

        Assert.All(cases, wrong => Assert.Equal(wrong.Code, _world.Apply(wrong.Entry)));
        Assert.Null(_world.State.Misconduct(Offender));
        Assert.Equal(0UL, _world.State.Counters.Offences);
        Assert.False(EntryValidity.IsProven(cases[0].Entry, _world.Crypto));
        Assert.False(EntryValidity.IsProven(cases[2].Entry, _world.Crypto));
        Assert.True(EntryValidity.IsProven(Report(0, FakeCrypto.Evidence(Offender, 0, 5)), _world.Crypto));
        Assert.True(EntryValidity.IsProven(_world.PostEntry(), _world.Crypto));
    }

    [Theory]
    [InlineData(1_000_005, RefusalCode.None)]
    [InlineData(1_000_006, RefusalCode.EvidenceExpired)]
    [InlineData(5, RefusalCode.None)]
    [InlineData(1, RefusalCode.None)]
    public void EvidenceTooFarBehindItsBlockConvictsNobody(ulong blockView, RefusalCode expected)
    {
        DecodedEntry report = Report(0, FakeCrypto.Evidence(Offender, 0, 5));
        var context = new BlockContext(new Height(1), _world.Now.Plus(1000), _world.ParentHash) { View = new View(blockView) };

        BlockResult result = _world.Machine.Apply(_world.State, context, [new BlockEntry(report, _world.Members[0])]);

        Assert.Equal(expected, result.Outcomes[0].Code);
        Assert.Equal(expected == RefusalCode.None, result.State.Misconduct(Offender) is not null);
        Assert.Equal(RefusalCode.None, _world.Machine.Precheck(_world.State, report, _world.Now));
    }

    [Fact]
    public void RecordHasFrozenBytes()
    {
        _world.Accept(Report(0, FakeCrypto.Evidence(Offender, 0, 300, kind: OffenceKind.TwoFinalizes)));
        ReadOnlyMemory<byte> stored = _world.State.Entries().Single(entry => entry.Key.Span.SequenceEqual(StateKeys.Member(Offender))).Value;

        Assert.Equal($"960200cd012c01c420{_world.State.Misconduct(Offender)!.Evidence}00", Convert.ToHexStringLower(stored.Span));
    }
}
