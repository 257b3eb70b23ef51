using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Evidence;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Tests.Evidence;

public sealed class EvidencePoolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestCommittee _committee = new();
    private NodeStore _store;

    public EvidencePoolTests() => _store = NodeStore.Open(_folder["store"]);

    public void Dispose()
    {
        _store.Dispose();
        _committee.Dispose();
        _folder.Dispose();
    }

    private LedgerState Genesis => _committee.Genesis.Genesis();

    private EvidencePool Pool() => new(_committee.Context, _store, _committee.Verifier);

    /// <summary>The pool of a process that was killed and started again.</summary>
    private EvidencePool Restarted()
    {
        _store.Dispose();
        _store = NodeStore.Open(_folder["store"]);
        return Pool();
    }

    private LedgerState Convict(EquivocationEvidence evidence)
    {
        Assert.True(_committee.Context.Decoder.TryDecode(_committee.Report(0, evidence), out DecodedEntry? entry));
        BlockResult result = _committee.Context.Ledger.Apply(
            Genesis, new BlockContext(new Height(1), new Timestamp(TestCommittee.Start + 1), Hash256.Zero) { View = evidence.View }, [new BlockEntry(entry, _committee.Keys[0].PublicKey)]);
        Assert.Equal(RefusalCode.None, result.Outcomes[0].Code);
        return result.State;
    }

    [Fact]
    public void Evidence_is_there_again_after_a_restart_until_a_block_records_it()
    {
        EquivocationEvidence evidence = _committee.Equivocation(2);
        Assert.True(Pool().Add(evidence, Genesis));

        EvidencePool restarted = Restarted();
        Assert.Equal(1, restarted.Count);
        Assert.Equal([evidence], restarted.Settle(Genesis, new View(1)));

        Assert.Empty(restarted.Settle(Convict(evidence), new View(2)));
        Assert.Equal(0, restarted.Count);
        Assert.Equal(0, Restarted().Count);
    }

    [Fact]
    public void One_piece_for_each_offender_is_enough_and_none_for_one_that_is_convicted()
    {
        EvidencePool pool = Pool();
        Assert.True(pool.Add(_committee.Equivocation(2, view: 1), Genesis));
        Assert.False(pool.Add(_committee.Equivocation(2, view: 2), Genesis));
        Assert.True(pool.Add(_committee.Equivocation(1, view: 2), Genesis));
        Assert.False(pool.Add(_committee.Equivocation(3), Convict(_committee.Equivocation(3))));

        Assert.Equal([new NodeIndex(1), new NodeIndex(2)], pool.Settle(Genesis, new View(2)).Select(evidence => evidence.Offender));
        Assert.Equal(4, pool.Seen["two_notarizes"]);
    }

    [Fact]
    public void What_no_block_takes_any_more_is_dropped()
    {
        EvidencePool pool = Pool();
        pool.Add(_committee.Equivocation(2, view: 5), Genesis);

        Assert.Single(pool.Settle(Genesis, new View(EvidenceRules.MaximumAge + 5)));
        Assert.Empty(pool.Settle(Genesis, new View(EvidenceRules.MaximumAge + 6)));
        Assert.Equal(0, Restarted().Count);
    }

    [Fact]
    public void What_the_disk_gives_back_is_checked_like_what_a_peer_sends_and_named_when_it_is_of_no_use()
    {
        _store.PutMeta("evidence/0/0", _committee.Equivocation(0, forged: true).Encode());
        _store.PutMeta("evidence/0/1", _committee.Equivocation(2).Encode());
        _store.PutMeta("evidence/0/2", [1, 2, 3]);

        EvidencePool pool = Pool();
        Assert.Equal(0, pool.Count);
        Assert.Equal(
            [
                new UnreadableEvidence(new NodeIndex(0), "evidence/0/0", "does not verify (BadSignature)"),
                new UnreadableEvidence(new NodeIndex(1), "evidence/0/1", "is against member 2"),
                new UnreadableEvidence(new NodeIndex(2), "evidence/0/2", "does not decode"),
            ],
            pool.Unreadable);

        // It stays until it cannot be missed any more.
        Assert.Empty(pool.Settle(Genesis, new View(1)));
        Assert.Equal(3, Restarted().Unreadable.Count);
    }

    [Fact]
    public void What_is_of_no_use_goes_when_the_member_is_convicted_or_seen_again()
    {
        _store.PutMeta("evidence/0/1", [1, 2, 3]);
        _store.PutMeta("evidence/0/2", [1, 2, 3]);
        EvidencePool pool = Pool();

        Assert.Empty(pool.Settle(Convict(_committee.Equivocation(2)), new View(2)));
        Assert.Equal("evidence/0/1", Assert.Single(pool.Unreadable).Key);
        Assert.Null(_store.GetMeta("evidence/0/2"));

        Assert.True(pool.Add(_committee.Equivocation(1), Genesis));
        Assert.Empty(pool.Unreadable);
        EvidencePool restarted = Restarted();
        Assert.Equal((1, 0), (restarted.Count, restarted.Unreadable.Count));
    }
}
