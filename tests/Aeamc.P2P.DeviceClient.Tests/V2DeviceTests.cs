using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.DeviceApi.Tests.Support;
using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.DeviceClient.Tests;

public sealed class V2DeviceTests : IAsyncLifetime
{
    private static readonly Telemetry Good = new(8000, false, 1000, 4500, 50, 10_000);

    private readonly TestNetwork _network = new();
    private readonly HttpClient _http = NodeClient.CreateHttp();
    private InMemoryNode _node = null!;
    private ApiServer _server = null!;
    private NodeClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _node = new InMemoryNode(_network);
        _server = await ApiServer.StartAsync(_node);
        _client = new NodeClient(_http, _server.Address, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        Assert.Empty(_server.Failures.Lines);
        await _server.DisposeAsync();
        _http.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_registers_works_and_verifies_its_receipt_itself(bool p256)
    {
        using DeviceKey key = p256 ? DeviceKey.P256(1, "device", 0) : DeviceKey.Ed25519(1, "device", 0);
        using DeviceKey account = DeviceKey.Ed25519(_network.Requester.Seed);
        var device = new V2Device(key, TestNetwork.Name, TimeProvider.System, new Random(1));
        var requester = new Requester(account, TestNetwork.Name, TimeProvider.System, new Random(2));
        Accept(await requester.PostAsync(_client, new WorkShape { Units = 10, Steps = 32, Segment = 5 }, default));
        Accept(await device.RegisterAsync(_client, default));
        Assert.Equal("device_exists", (await device.RegisterAsync(_client, default)).Code);
        Accept(await device.HeartbeatAsync(_client, Good, default));

        LeaseResult asked = await device.LeaseAsync(_client, 4, default);
        Assert.NotNull(asked.Lease);
        Assert.Equal((0, 4), (asked.Lease.First, asked.Lease.Count));
        PostResult proven = default;
        for (ushort unit = 0; unit < 4; unit++)
        {
            proven = await device.ProveAsync(_client, device.Execute(asked.Lease, unit), default);
            Accept(proven);
        }

        Assert.Equal(4UL, _node.State.Counters.ProofsCounted);
        Receipt receipt = await _client.WaitForReceiptAsync(proven.Id, seen => seen.IsSettled, default);
        Assert.Equal(("finalized", ""), (receipt.Stage, receipt.Code));
        var signatures = new GroupSigner();
        Assert.Equal(ProofVerdict.CheckpointMissing, await V2Device.VerifyReceiptAsync(_client, proven.Id, _node.Trust, signatures, default));
        _node.Checkpoint();
        await _client.WaitForReceiptAsync(proven.Id, seen => seen.IsCheckpointed, default);
        Assert.Equal(ProofVerdict.Valid, await V2Device.VerifyReceiptAsync(_client, proven.Id, _node.Trust, signatures, default));
        TrustAnchor other = _node.Trust with { GroupKey = new byte[33] };
        Assert.Equal(ProofVerdict.UntrustedGroupKey, await V2Device.VerifyReceiptAsync(_client, proven.Id, other, signatures, default));
    }

    [Fact]
    public async Task A_node_that_is_not_there_is_a_result()
    {
        using DeviceKey key = DeviceKey.Ed25519(1, "device", 0);
        var device = new V2Device(key, TestNetwork.Name, TimeProvider.System, new Random(1));
        var nobody = new NodeClient(_http, new Uri("http://127.0.0.1:1"), TimeProvider.System);
        Assert.Equal(PostResult.Unreachable, (await device.RegisterAsync(nobody, default)).Code);
        Assert.Equal(PostResult.Unreachable, (await device.HeartbeatAsync(nobody, Good, default)).Code);
        Assert.Equal(PostResult.Unreachable, (await device.LeaseAsync(nobody, 1, default)).Post.Code);
        Assert.Null(await nobody.ReceiptAsync(default, default));
        Assert.Null(await nobody.ProofAsync(default, default));
    }

    [Fact]
    public void Keys_repeat_with_the_seed()
    {
        foreach (Func<ulong, int, DeviceKey> make in new Func<ulong, int, DeviceKey>[] { (seed, n) => DeviceKey.P256(seed, "a", n), (seed, n) => DeviceKey.Ed25519(seed, "a", n) })
        {
            using DeviceKey one = make(5, 1);
            using DeviceKey same = make(5, 1);
            using DeviceKey other = make(5, 2);
            Assert.Equal(one.PublicKey, same.PublicKey);
            Assert.NotEqual(one.PublicKey, other.PublicKey);
        }
    }

    private static void Accept(PostResult result) => Assert.True(result.Accepted, result.Code);
}
