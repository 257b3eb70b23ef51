using System.Net;
using Aeamc.P2P.Anchoring;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.DeviceClient;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Testnet.Network;

namespace Aeamc.P2P.Interop.Tests.Faults;

/// <summary>What devices of both versions get from real nodes.</summary>
[Collection(ProcessCollection.Name)]
public sealed class DeviceTests(RunningNetwork running) : IClassFixture<RunningNetwork>
{
    private const ulong Seed = 99;

    private readonly TestNetwork _network = running.Network;

    [Fact]
    public async Task A_Phase_1_device_does_telemetry_task_and_proof_at_each_node_in_turn()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using HttpClient http = NodeClient.CreateHttp();
        using DeviceKey key = DeviceKey.P256(Seed, "v1", 1);
        var device = new V1Device(http, V1Device.IdOf(Seed, 1), key, TimeProvider.System);
        await PostWorkAsync(http, cancellation);
        ulong before = (ulong)(await _network.StatusAsync(0, cancellation)).ProofsFinalized;

        for (int node = 0; node < _network.Testnet.Count; node++)
        {
            Uri address = _network.Testnet.ApiAddress(node);
            Assert.True(await device.PingAsync(address, cancellation));
            Assert.Equal(HttpStatusCode.OK, (await device.TelemetryAsync(address, 80, true, -1, -1, cancellation)).Status);
            V1Task task = await TaskAsync(device, address, cancellation);
            V1Reply reply = await device.ProofAsync(address, task.Id, V1Device.Execute(task), 12, int.MinValue, cancellation);
            Assert.True(reply.Status == HttpStatusCode.Accepted, reply.Text);

            // A phone moves on when its proof is in a block; sooner, the next node would give it the same unit again.
            NodeStatus settled = await _network.Testnet.WaitForAsync(node, "nothing pending", TestNetwork.Patience, status => status.Pending == 0, cancellation);
            await _network.Testnet.WaitForAllAsync(
                Enumerable.Range(0, _network.Testnet.Count), "the proof's block", TestNetwork.Patience, status => status.Height >= settled.Height, cancellation);
        }

        // The first proof is held until the second one leaves a single key; then all are counted, on every node.
        ulong wanted = before + (ulong)_network.Testnet.Count;
        await _network.Testnet.WaitForAllAsync(
            Enumerable.Range(0, _network.Testnet.Count), "all Phase-1 proofs being counted", TestNetwork.Patience, status => (ulong)status.ProofsFinalized >= wanted, cancellation);
    }

    [Fact]
    public async Task A_device_verifies_its_receipt_up_to_the_group_signature_whatever_node_it_asks()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using HttpClient http = NodeClient.CreateHttp();
        NodeStatus status = await _network.Testnet.WaitForAsync(0, "the group key", TestNetwork.Patience, some => some.GroupKey.Length > 0, cancellation);
        await PostWorkAsync(http, cancellation);
        using DeviceKey key = DeviceKey.Ed25519(Seed, "v2", 1);
        var device = new V2Device(key, status.Network, TimeProvider.System, new Random(1));
        NodeClient node = Client(http, 1);
        PostResult registered = await device.RegisterAsync(node, cancellation);
        Assert.True(registered.Accepted, registered.Code);
        await node.WaitForReceiptAsync(registered.Id, receipt => receipt.IsSettled, cancellation);
        PostResult heartbeat = await device.HeartbeatAsync(node, new Telemetry(8_000, true, 10, 4_500, 50, 1_000), cancellation);
        Assert.True(heartbeat.Accepted, heartbeat.Code);
        await node.WaitForReceiptAsync(heartbeat.Id, receipt => receipt.IsSettled, cancellation);
        LeaseResult lease = await device.LeaseAsync(node, 2, cancellation);
        Assert.True(lease.Lease is not null, lease.Post.Code);
        PostResult proof = await device.ProveAsync(node, device.Execute(lease.Lease, lease.Lease.First), cancellation);
        Assert.True(proof.Accepted, proof.Code);

        var trust = new TrustAnchor(Hash256.Of(System.Text.Encoding.UTF8.GetBytes(status.Network)), status.ClusterId, Convert.FromHexString(status.GroupKey));
        for (int other = 0; other < _network.Testnet.Count; other++)
        {
            NodeClient asked = Client(http, other);
            Receipt receipt = await asked.WaitForReceiptAsync(proof.Id, some => some.IsCheckpointed, cancellation);
            Assert.Equal("", receipt.Code);
            Assert.Equal(ProofVerdict.Valid, await V2Device.VerifyReceiptAsync(asked, proof.Id, trust, CheckpointSignatureVerifier.Shared, cancellation));
        }
    }

    [Fact]
    public async Task Checkpoints_go_on_being_signed_and_anchored_with_any_one_node_down()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        int[] all = [.. Enumerable.Range(0, _network.Testnet.Count)];
        await _network.Testnet.WaitForAllAsync(all, "a first anchor", TestNetwork.Patience, status => status.Anchors.Count > 0, cancellation);
        foreach (int victim in all)
        {
            await _network.Testnet.KillAsync(victim);
            int[] others = [.. all.Where(node => node != victim)];
            ulong height = (await _network.StatusAsync(others[0], cancellation)).CheckpointHeight;
            await _network.Testnet.WaitForAllAsync(
                others, "a newer checkpoint on the journal", TestNetwork.Patience, status => status.Anchors.Any(anchor => anchor.Height > height), cancellation);
            ulong missed = (await _network.Testnet.Monitors[others[0]].CheckpointAsync(height + 1, cancellation))!.Height;
            _network.Testnet.Start(victim);
            await _network.WaitForBlocksAsync([victim], than: others[0], more: 1, cancellation);

            // It gets the checkpoint that was signed without it, not only the next one.
            await Wait.UntilAsync(
                "the missed checkpoint",
                TestNetwork.Patience,
                async () => (await _network.Testnet.Monitors[victim].CheckpointAsync(height + 1, cancellation))?.Height == missed,
                cancellation);
        }
    }

    /// <summary>The heartbeat may reach a block after the request for work did: the phone asks again, as the old SDK does.</summary>
    private static async Task<V1Task> TaskAsync(V1Device device, Uri address, CancellationToken cancellation)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            (V1Task? task, V1Reply reply) = await device.TaskAsync(address, cancellation);
            if (task is not null)
            {
                return task;
            }

            Assert.Equal(HttpStatusCode.NotFound, reply.Status);
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TestNetwork.Patience, reply.Text);
        }
    }

    private NodeClient Client(HttpClient http, int node) => new(http, _network.Testnet.ApiAddress(node), TimeProvider.System);

    private async Task PostWorkAsync(HttpClient http, CancellationToken cancellation)
    {
        string network = (await _network.StatusAsync(0, cancellation)).Network;
        using DeviceKey account = DeviceKey.Ed25519(Convert.FromHexString((await File.ReadAllTextAsync(_network.Testnet.RequesterKeyFile, cancellation)).Trim()));
        var requester = new Requester(account, network, TimeProvider.System, new Random());
        NodeClient node = Client(http, 0);
        PostResult posted = await requester.PostAsync(node, new WorkShape { Units = 64, Steps = 64, Segment = 16 }, cancellation);
        Assert.True(posted.Accepted, posted.Code);
        await node.WaitForReceiptAsync(posted.Id, receipt => receipt.IsSettled, cancellation);
    }
}
