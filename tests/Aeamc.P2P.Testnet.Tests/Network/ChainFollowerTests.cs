using System.Text;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Testnet.Network;

namespace Aeamc.P2P.Testnet.Tests.Network;

public sealed class ChainFollowerTests : IDisposable
{
    private static readonly string Proposer = new('b', 64);

    private readonly List<string> _lines = [];
    private readonly NodeMonitor _monitor = new(new Uri("http://127.0.0.1:1/"));
    private readonly ChainFollower _follower;

    public ChainFollowerTests() => _follower = new ChainFollower(_monitor, "31337", _lines.Add);

    [Fact]
    public void A_block_is_one_line()
    {
        _follower.UseNames([new MemberStatus(new string('a', 64), true, true), new MemberStatus(Proposer, true, false)]);
        _follower.Take(Block(1, receipts: 3, timestamp: 1000));
        _follower.Take(Block(2, receipts: 40, timestamp: 1025));
        Assert.Equal("block      1      7 entries      3 proofs  view      9  node-1  ", _lines[0]);
        Assert.Equal("block      2      7 entries     40 proofs  view      9  node-1    +25 ms", _lines[1]);
        Assert.Equal(43, _follower.ProofsInBlocks);
        Assert.Equal(2UL, _follower.Height);
    }

    [Fact]
    public void A_proposer_without_a_name_is_shown_by_its_first_digits()
    {
        _follower.Take(Block(1, 0, 1000));
        Assert.EndsWith("bbbbbbbb", Assert.Single(_lines), StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_gap_nothing_is_claimed_of_all_blocks()
    {
        _follower.Take(Block(1, 1, 1000));
        _follower.Take(Block(3, 1, 1000));
        Assert.Null(_follower.ProofsInBlocks);
    }

    [Fact]
    public void A_block_that_comes_again_counts_once()
    {
        _follower.Take(Block(1, 1, 1000));
        _follower.Take(Block(1, 1, 1000));
        Assert.Single(_lines);
        Assert.Equal(1, _follower.ProofsInBlocks);
    }

    [Fact]
    public void An_anchor_counts_once_and_only_on_the_runs_own_chain()
    {
        var anchor = new AnchoredEvent(12, "31337", "0xabc", 43_000, Sender: false);
        _follower.Take(anchor);
        _follower.Take(anchor);
        _follower.Take(new AnchoredEvent(12, "journal", "1", 0, Sender: true));
        Assert.Equal("anchor    12  on 31337: 0xabc, gas 43000", Assert.Single(_lines));
        Assert.Equal([anchor], _follower.Anchors);
    }

    [Fact]
    public void Events_are_read_as_nodes_write_them()
    {
        byte[] block = Encoding.UTF8.GetBytes($$"""{"name":"block","hash":"00","view":9,"entries":7,"receipts":3,"proofs_counted":3,"proposer":"{{Proposer}}","timestamp":1000,"state_root":"11","height":5}""");
        Assert.Equal(new BlockFinalizedEvent(5, "00", 9, 7, 3, 3, Proposer, 1000, "11"), NodeMonitor.ParseEvent("block", block));
        byte[] anchor = """{"chain":"journal","transaction":"1","gas":0,"sender":true,"height":12}"""u8.ToArray();
        Assert.Equal(new AnchoredEvent(12, "journal", "1", 0, true), NodeMonitor.ParseEvent("anchor", anchor));
        Assert.Null(NodeMonitor.ParseEvent("weather", "{}"u8));
    }

    public void Dispose() => _monitor.Dispose();

    private static BlockFinalizedEvent Block(ulong height, int receipts, ulong timestamp) => new(height, "", 9, 7, receipts, receipts, Proposer, timestamp, "");
}
