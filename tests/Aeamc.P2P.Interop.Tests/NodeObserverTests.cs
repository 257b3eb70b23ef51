using System.Text.Json.Nodes;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.DeviceApi.V2;
using Aeamc.P2P.Interop.Tests.Faults;
using Aeamc.P2P.Interop.Tests.Libp2p;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Testnet.Network;

namespace Aeamc.P2P.Interop.Tests;

/// <summary>A js-libp2p peer that belongs to no committee watches real node processes: it dials one, pings it, subscribes and hears of finalized blocks.</summary>
[Collection(ProcessCollection.Name)]
public sealed class NodeObserverTests(RunningNetwork running) : IClassFixture<RunningNetwork>
{
    private readonly LocalTestnet _testnet = running.Network.Testnet;

    [Theory]
    [InlineData(JsGeneration.Three)]
    [InlineData(JsGeneration.Two)]
    public async Task A_js_peer_dials_a_node_pings_it_and_receives_a_finalized_block(JsGeneration generation)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var genesis = GenesisFile.Load(Path.Combine(_testnet.Folder, "genesis.json"));
        string topic = $"/aeamc/{genesis.NetworkName}/{genesis.ClusterId}/blocks";
        string node = PeerId.FromNodeId(genesis.Committee[1].Id).ToString();
        await using JsPeer js = await JsPeer.StartAsync(generation, "StrictNoSign");

        await js.CallAsync("subscribe", new { topic });
        Assert.Equal(node, (string?)await js.CallAsync("dial", new { address = $"{genesis.Committee[1].Address}/p2p/{node}" }));
        Assert.True((double)(await js.CallAsync("ping", new { peer = node }))! >= 0);
        JsonNode announcement = await js.EventAsync(told => (string?)told["event"] == "message" && (string?)told["topic"] == topic);

        (MicroblockHeader header, Certificate finalization) = Read(Convert.FromHexString((string)announcement["data"]!));
        Assert.True(header.Height > Height.Zero);
        Assert.Equal((VoteKind.Finalize, header.ComputeHash()), (finalization.Kind, finalization.Block.Hash));
        await _testnet.WaitForAsync(1, "the announced block", TestNetwork.Patience, status => status.Height >= header.Height.Value, cancellation);
        BlockReply block = (await _testnet.Monitors[1].BlockAsync(header.Height.Value, cancellation))!;
        Assert.Equal(header.ComputeHash().ToString(), block.Hash);
        Assert.Equal(Convert.ToHexStringLower(header.ToArray()), block.Header);
    }

    /// <summary>[header bin 317, certificate bin].</summary>
    private static (MicroblockHeader Header, Certificate Finalization) Read(byte[] bytes)
    {
        var reader = new MessagePackReader(bytes);
        Assert.True(reader.TryReadArrayHeader(2));
        Assert.True(reader.TryReadExactly(MicroblockHeader.Size, out ReadOnlySpan<byte> headerBytes));
        Assert.True(reader.TryReadBinary(bytes.Length, out ReadOnlySpan<byte> certificateBytes));
        Assert.True(reader.End);
        Assert.True(MicroblockHeader.TryDecode(headerBytes, out MicroblockHeader? header));
        Assert.True(ConsensusMessageCodec.TryDecode(certificateBytes, out ConsensusMessage? message));
        return (header, Assert.IsType<Certificate>(message));
    }
}
