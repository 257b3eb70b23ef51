using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger.Tests;

/// <summary>What committee members put on the ledger: key generation, anchors; evidence is <see cref="EvidenceTests"/>'s.</summary>
public class CommitteeEntryTests
{
    private static readonly byte[] Key = [2, .. Hash256.Of("group"u8).ToArray()];
    private static readonly Hash256 Transcript = Hash256.Of("transcript"u8);
    private readonly World _world = new();

    [Fact]
    public void MessagesAreKeptInOrder()
    {
        _world.Block(Deal(2, 0, 20), Deal(0, 0, 21));
        _world.Block(Complain(1, 0, 22), Deal(1, 0, 23));
        Assert.Equal([(2, 20), (0, 21), (1, 22), (1, 23)], _world.State.DkgMessages().Select(message => ((int)message.Author.Value, (int)message.Message[0])));
        Assert.Equal([(1, 23)], _world.State.DkgMessages(3).Select(message => ((int)message.Author.Value, (int)message.Message[0])));
        Assert.True(_world.State.Dkg.HasDealt(new NodeIndex(2)));
        Assert.False(_world.State.Dkg.HasDealt(new NodeIndex(3)));
        Assert.Equal(_world.State.Root, _world.Reload().Root);
    }

    [Fact]
    public void KeyIsInForceOnceAllNeededMembersConfirmTheSame()
    {
        _world.Accept(Confirm(0, Transcript));
        _world.Accept(Confirm(1, Transcript));
        _world.Accept(Confirm(2, Hash256.Of("other"u8)));
        _world.Accept(Confirm(3, Transcript));
        Assert.Null(_world.State.GroupKey);

        var split = new World();
        for (int member = 0; member < 4; member++)
        {
            split.Accept(split.ByMember(member, new DkgConfirmation(0, member == 2 ? [3, .. Key[1..]] : Key, Transcript)));
        }

        Assert.Null(split.State.GroupKey);

        var agreeing = new World();
        for (int member = 0; member < 4; member++)
        {
            Assert.Null(agreeing.State.GroupKey);
            agreeing.Accept(agreeing.ByMember(member, new DkgConfirmation(0, Key, Transcript)));
        }

        GroupKey group = agreeing.State.GroupKey!;
        Assert.Equal(Key, group.PublicKey);
        Assert.Equal((Transcript, 0U, agreeing.State.Height), (group.Transcript, group.Session, group.Since));
        Assert.Equal(agreeing.State.Root, agreeing.Reload().Root);
        Assert.Equal(4, agreeing.State.DkgMessages().Count(message => message.Kind == EntryKind.DkgConfirm));
    }

    [Fact]
    public void OverdueSessionIsBegunAnewByADealing()
    {
        _world.Block(Deal(0, 0, 1), Deal(1, 0, 2));
        Assert.Equal(RefusalCode.DkgSessionWrong, _world.Apply(Deal(2, 1, 3)));
        _world.BlockAfter(_world.State.Parameters.DkgTimeoutMs);
        Assert.Equal(RefusalCode.DkgSessionWrong, _world.Apply(Complain(2, 1, 3)));
        Assert.Equal(RefusalCode.DkgSessionWrong, _world.Apply(Deal(2, 2, 3)));
        _world.Block(Deal(2, 1, 3), Deal(0, 1, 4), Deal(1, 0, 5));
        Assert.Equal(1U, _world.State.Dkg.Session);
        Assert.Equal([3, 4], _world.State.DkgMessages().Select(message => (int)message.Message[0]));
        Assert.Equal(_world.State.Root, _world.Reload().Root);
    }

    [Fact]
    public void ComplaintsOfOneMemberAreBounded()
    {
        BlockResult result = _world.Block([.. Enumerable.Range(0, 5).Select(index => Complain(3, 0, (byte)index))]);
        Assert.Equal(4, result.Outcomes.Count(outcome => outcome.Status == EntryStatus.Accepted));
        Assert.Equal(RefusalCode.DkgDuplicate, result.Outcomes[4].Code);
    }

    [Fact]
    public void LargestMessageFits()
    {
        _world.Accept(_world.ByMember(0, new DkgPost(EntryKind.DkgDeal, 0, new byte[DkgPost.MaxMessage])));
        Assert.Equal(DkgPost.MaxMessage, Assert.Single(_world.State.DkgMessages()).Message.Length);
        Assert.False(EntryPayload.TryDecode(EntryKind.DkgDeal, new DkgPost(EntryKind.DkgDeal, 0, new byte[DkgPost.MaxMessage + 1]).Encode(), out _));
    }

    [Fact]
    public void AnchorIsOnRecordPerHeightAndChain()
    {
        _world.Block();
        _world.Block();
        Hash256 transaction = Hash256.Of("tx"u8);
        _world.Accept(_world.ByMember(0, new AnchorRecord(new Height(2), 31_337, transaction)));
        _world.Accept(_world.ByMember(1, new AnchorRecord(new Height(1), 31_337, transaction)));
        _world.Accept(_world.ByMember(1, new AnchorRecord(new Height(2), 0, transaction)));
        Assert.Equal(transaction, _world.State.Anchor(31_337, new Height(2)));
        Assert.Null(_world.State.Anchor(31_337, new Height(3)));
        Assert.Equal((3UL, 2UL), (_world.State.Counters.Anchors, _world.State.Counters.AnchoredHeight));
    }

    [Fact]
    public void NobodyButMembersReportsAnchors()
    {
        _world.Block();
        _world.Block();
        var anchor = new AnchorRecord(new Height(1), 31_337, Hash256.Of("tx"u8));
        Assert.Equal(RefusalCode.NotAMember, _world.Apply(_world.Sign(anchor, FakeCrypto.Ed25519Key("stranger"))));
        _world.Accept(_world.ByMember(0, anchor));
    }

    private DecodedEntry Deal(int member, uint session, byte content) =>
        _world.ByMember(member, new DkgPost(EntryKind.DkgDeal, session, [content]));

    private DecodedEntry Complain(int member, uint session, byte content) =>
        _world.ByMember(member, new DkgPost(EntryKind.DkgComplain, session, [content]));

    private DecodedEntry Confirm(int member, Hash256 transcript) => _world.ByMember(member, new DkgConfirmation(0, Key, transcript));
}
