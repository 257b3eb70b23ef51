using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks.Tests.Sync;

public class SnapshotPlanTests
{
    private const int TargetBytes = 256;
    private static readonly StateTree Tree = StateTree.Build(Enumerable.Range(0, 200).Select(i => (BitConverter.GetBytes(i), Hash256.Of(BitConverter.GetBytes(i)).ToArray())));
    private readonly ScriptedSources _sources = new(4);
    private readonly SortedDictionary<(Hash256, int), IReadOnlyList<StateEntry>> _kept = [];

    private static SnapshotProof Proof()
    {
        MicroblockHeader header = Header(7, default);
        return new SnapshotProof(Header(6, default), header, BlockPayload.Empty, [Header(8, Tree.Root)], default, MerkleMountainRange.Empty);
    }

    private static MicroblockHeader Header(ulong height, Hash256 state) => new()
    {
        ClusterId = 0,
        Timestamp = new Timestamp(height),
        PayloadHash = BlockPayload.Empty.Hash,
        PreviousHash = Hash256.Zero,
        ReceiptCount = 0,
        Height = new Height(height),
        View = new View(height),
        Epoch = Epoch.Zero,
        Proposer = new NodeIndex(0),
        EntriesRoot = Hash256.Zero,
        StateRoot = state,
        ChainRoot = Hash256.Zero,
        Beacon = BeaconProof.None,
        ParametersHash = Hash256.Zero,
    };

    private bool Has(StatePrefix prefix, Hash256 hash) => _kept.ContainsKey((prefix.Bits, prefix.Depth));

    private static byte[] Serve(SnapshotAsk ask) => StateChunk.Read(Tree, ask.Prefix, TargetBytes).Encode();

    private void Run(SnapshotPlan plan, Func<SnapshotAsk, (SyncStatus Status, byte[] Bytes)> answer)
    {
        while (!plan.IsDone && !plan.IsLost)
        {
            foreach (SnapshotAsk ask in plan.Next(_sources, Has))
            {
                (SyncStatus status, byte[] bytes) = answer(ask);
                if (plan.Take(ask, SnapshotAnswer.Read(ask, status, bytes), _sources) is { } entries)
                {
                    _kept[(ask.Prefix.Bits, ask.Prefix.Depth)] = entries;
                }
            }
        }
    }

    private void AssertWhole(SnapshotPlan plan)
    {
        Assert.True(plan.IsDone);
        Assert.Equal(
            Tree.Root,
            StateTree.Build(plan.Parts.SelectMany(part => _kept[(part.Bits, part.Depth)]).Select(entry => (entry.Key.ToArray(), entry.Value.ToArray()))).Root);
        Assert.Equal(0, _sources.Out);
    }

    [Fact]
    public void A_state_comes_in_parts_that_prove_themselves_whoever_lies()
    {
        var plan = new SnapshotPlan(Proof(), 3);
        Run(plan, ask =>
        {
            byte[] bytes = Serve(ask);
            bytes[^1] ^= (byte)(ask.Source == new NodeIndex(1) ? 1 : 0);
            return (SyncStatus.Answered, bytes);
        });
        AssertWhole(plan);
        Assert.True(plan.Fetched > 10);

        // Two requests were out when it was found.
        Assert.InRange(_sources.Lies.Count, 1, 2);
        Assert.All(_sources.Lies, lie => Assert.Equal("1: snapshot_chunk", lie));
    }

    [Fact]
    public void What_is_here_already_is_not_asked_for_again()
    {
        Run(new SnapshotPlan(Proof(), 3), ask => (SyncStatus.Answered, Serve(ask)));
        var again = new SnapshotPlan(Proof(), 3);
        Run(again, ask => (SyncStatus.Answered, Serve(ask)));
        AssertWhole(again);
        Assert.Equal(_kept.Count, again.Parts.Count);

        // What lies above the entries is not kept.
        Assert.InRange(again.Fetched, 1, again.Parts.Count - 1);
    }

    [Fact]
    public void It_is_lost_when_no_one_hands_it_out_any_more()
    {
        var plan = new SnapshotPlan(Proof(), 3);
        Run(plan, _ => (SyncStatus.Refused, []));
        Assert.True(plan.IsLost);
        Assert.False(plan.IsDone);
        plan.End(_sources);
        Assert.Equal(0, _sources.Out);
        Assert.Empty(_sources.Lies);
    }
}
