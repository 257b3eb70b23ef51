using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Node.Hosting;
using Aeamc.P2P.Node.Ingress;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Tests.Chain;

/// <summary>Evidence inside proposals: taken when it proves something, else the proposal's end.</summary>
public sealed class EvidenceInBlocksTests : IDisposable
{
    private const ushort Offender = 3;

    private readonly TemporaryFolder _folder = new();
    private readonly TestCommittee _committee = new();

    public void Dispose()
    {
        _committee.Dispose();
        _folder.Dispose();
    }

    private ChainHarness Follower() => new(_committee, new NodeIndex((ushort)((_committee.LeaderOf(1).Value + 1) % 4)), _folder["follower"]);

    [Fact]
    public async Task Evidence_in_a_block_convicts_the_member_on_every_node()
    {
        EquivocationEvidence evidence = _committee.Equivocation(Offender);
        Batch batch = _committee.Batch(0, 1, _committee.Report(0, evidence), _committee.Report(1, _committee.Equivocation(Offender, view: 2)));
        using ChainHarness leader = new(_committee, _committee.LeaderOf(1), _folder["leader"]), follower = Follower();
        leader.TakeAndVerify(batch);
        follower.TakeAndVerify(batch);

        (BlockRef Ref, BlockContent Content) block = leader.Build(1, _committee.GenesisBlock);
        await follower.CommitAsync(block, _committee.GenesisBlock);
        await leader.CommitAsync(block, _committee.GenesisBlock);

        LedgerState state = follower.Head.State;
        Assert.Equal(leader.Head.State.Root, state.Root);
        MemberRecord? record = state.Misconduct(_committee.Keys[Offender].PublicKey);
        Assert.Equal(_committee.IdOf(_committee.Report(0, evidence)), record?.Evidence);
        Assert.Equal([new NodeIndex(Offender)], state.Convicted());
        StoredReceipt second = Assert.NotNull(follower.Store.GetReceipt(_committee.IdOf(_committee.Report(1, _committee.Equivocation(Offender, view: 2)))));
        Assert.Equal(RefusalCode.EvidenceDuplicate, (RefusalCode)second.Code);
        (_, FinalizedHead reloaded) = Reloaded(follower);
        Assert.Equal(record, reloaded.State.Misconduct(_committee.Keys[Offender].PublicKey));
        Assert.Equal(state.Root, reloaded.State.Root);
    }

    [Fact]
    public void Evidence_with_a_forged_signature_makes_the_block_invalid_and_is_never_proposed()
    {
        Batch batch = _committee.Batch(0, 1, _committee.Report(0, _committee.Equivocation(Offender, forged: true)));
        using ChainHarness follower = Follower();
        var notes = new List<(View, string)>();
        follower.Committer.ViewNoted += (view, detail) =>
        {
            lock (notes)
            {
                notes.Add((view, detail));
            }
        };
        (BlockRef Ref, BlockContent Content) block = Forge(batch);
        follower.Intake.Take(batch);
        follower.Verify(block, _committee.GenesisBlock);
        Assert.True(follower.Expect<Input.ProposalVerified>().Valid);
        follower.Certify(block.Ref);

        Assert.False(follower.Expect<Input.CertifyDecided>().Valid);
        Assert.Equal(1, follower.Intake.Refused["batch_entry_invalid"]);
        lock (notes)
        {
            Assert.Equal((new View(1), ViewDetail.BatchInvalid), notes[^1]);
        }
    }

    [Fact]
    public void Two_votes_that_an_honest_member_casts_make_the_block_invalid()
    {
        // The encoding of what is no offence: a Notarize and a Nullify of one view, which a member that gave up has both signed.
        var voter = new NodeIndex(Offender);
        byte[] bytes = _committee.Equivocation(Offender).Encode();
        Vote notarize = _committee.Vote(voter, Statement.Notarize(Epoch.Zero, _committee.GenesisBlock.Child(Hash256.Of("one"u8), new View(1))));
        Vote nullify = _committee.Vote(voter, Statement.Nullify(Epoch.Zero, new View(1)));
        Assert.False(EquivocationEvidence.TryCreate(notarize, nullify, out _));
        bytes[1] = (byte)EquivocationKind.NullifyAndFinalize;
        LedgerEntry entry = new NodeEntrySigner(_committee.Keys[0], _committee.Genesis.NetworkName).Sign(new EvidenceReport(bytes));
        Batch batch = _committee.Batch(0, 1, entry);
        using ChainHarness follower = Follower();
        (BlockRef Ref, BlockContent Content) block = Forge(batch);
        follower.Intake.Take(batch);
        follower.Verify(block, _committee.GenesisBlock);
        follower.Certify(block.Ref);

        Assert.False(follower.Expect<Input.CertifyDecided>().Valid);
    }

    [Fact]
    public void Evidence_against_nobody_of_the_committee_is_none()
    {
        EquivocationEvidence evidence = _committee.Equivocation(Offender);
        var nobody = new NodeIndex(99);
        Assert.True(EquivocationEvidence.TryCreate(evidence.First with { Voter = nobody }, evidence.Second with { Voter = nobody }, out EquivocationEvidence? against));
        var port = new LedgerEvidenceVerifier(_committee.Verifier);

        Assert.True(port.TryRead(evidence.Encode(), out _));
        Assert.False(port.TryRead(against.Encode(), out _));
        Assert.False(port.Verify(against.Encode()));
    }

    [Fact]
    public void More_evidence_than_a_block_may_hold_makes_it_invalid()
    {
        LedgerEntry report = _committee.Report(0, _committee.Equivocation(Offender));
        Assert.True(_committee.Context.Decoder.TryDecode(report, out DecodedEntry? decoded));
        BlockEntry[] entries = [.. Enumerable.Repeat(new BlockEntry(decoded, _committee.Keys[0].PublicKey), EvidenceRules.MaximumPerBlock + 1)];
        MicroblockHeader header = Forge(_committee.Batch(0, 1, report)).Content.Header;

        Assert.Equal(HeaderFault.None, BlockRules.CheckEntries(header with { EntriesRoot = BlockRules.EntriesRootOf(entries[1..]) }, entries[1..]));
        Assert.Equal(HeaderFault.TooMuchEvidence, BlockRules.CheckEntries(header with { EntriesRoot = BlockRules.EntriesRootOf(entries) }, entries));
    }

    [Fact]
    public async Task A_view_whose_batches_are_missing_is_noted_as_such_until_they_come()
    {
        Batch batch = _committee.Batch(0, 1, _committee.Report(0, _committee.Equivocation(Offender)));
        using ChainHarness follower = Follower();
        var last = "";
        follower.Committer.ViewNoted += (_, detail) => Volatile.Write(ref last, detail);
        (BlockRef Ref, BlockContent Content) block = Forge(batch);
        follower.Verify(block, _committee.GenesisBlock);
        await follower.SettleAsync();
        Assert.Equal(ViewDetail.BatchesMissing, Volatile.Read(ref last));

        follower.Intake.Take(batch);
        Assert.True(follower.Expect<Input.ProposalVerified>().Valid);
        Assert.Equal(ViewDetail.None, Volatile.Read(ref last));
    }

    private (ChainBlock Block, FinalizedHead Head) Reloaded(ChainHarness node) => ChainStartup.Load(node.Store, _committee.Genesis, _committee.Context.GenesisHash);

    /// <summary>A block of view 1 with a batch that no honest leader might take.</summary>
    private (BlockRef Ref, BlockContent Content) Forge(Batch batch)
    {
        var pool = new BatchPool();
        pool.TryAdd(new PooledBatch(batch, BatchEntries.Decode(_committee.Context, batch)!) { Verdict = BatchVerdict.Valid });
        NodeIndex self = _committee.LeaderOf(1);
        var builder = new BlockBuilder(
            _committee.Context, _committee.Keys[self.Value], self, new BlockPace(TimeSpan.Zero, TimeSpan.Zero), new ManualTime(TestCommittee.Start + 1));
        builder.Ask(new View(1), _committee.GenesisBlock);
        using var store = NodeStore.Open(_folder["forger"]);
        (ChainBlock genesis, _) = ChainStartup.Load(store, _committee.Genesis, _committee.Context.GenesisHash);
        BlockContent content = builder.TryBuild(genesis, pool, [], out _)!;
        return (_committee.GenesisBlock.Child(content.Hash, new View(1)), content);
    }
}
