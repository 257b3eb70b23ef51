using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Gossipsub.Simulation.Measurements;

/// <summary>
/// What one delivery allocates in the router: a frame is decoded, identified, judged, delivered, forwarded to the rest of the mesh,
/// queued and taken from the queues, with full caches. Transport and application are not in it.
/// </summary>
internal sealed class AllocationMeasurement
{
    private const string Topic = "/aeamc/measured";

    // As many messages in a heartbeat as a busy network has.
    private const int MessagesPerHeartbeat = 500;

    private readonly PubsubSettings _settings;
    private readonly GossipsubRouter _router;
    private readonly MessagePolicy _policy;
    private readonly RpcDecoder _decoder;
    private readonly Dictionary<PeerId, OutgoingQueue> _queues = [];
    private readonly List<RouterOutput> _outputs = [];
    private readonly List<PeerId> _mesh = [];
    private readonly Rpc _rpc = new();
    private readonly byte[] _batch = new byte[64 << 10];
    private readonly byte[] _frame;
    private readonly int _dataOffset;
    private readonly int _prefix;
    private TimeSpan _now;
    private long _number;
    private long _delivered;

    private AllocationMeasurement(int meshPeers, int idlePeers, int messageBytes)
    {
        // Other ids are remembered for as many messages as fit, so that the caches are full within the measurement's time.
        _settings = new PubsubSettings { MaxSeenIds = 4096 };
        PeerId self = Id(-1);
        var names = new TopicNames();
        names.Add(Topic);
        _router = new GossipsubRouter(self, _settings, new Random(1)) { Frames = new FramePool(32 << 20) };
        _policy = new MessagePolicy(_settings, self, null, 0);
        _decoder = new RpcDecoder(_settings, names);
        Step(new RouterInput.Subscribe(Topic));
        for (int i = 0; i < meshPeers + idlePeers; i++)
        {
            PeerId peer = Id(i);
            _queues.Add(peer, new OutgoingQueue(1 << 20));
            Step(new RouterInput.PeerConnected(peer, Outbound: true, null, GossipsubVersion.V12));
            if (i < meshPeers)
            {
                _mesh.Add(peer);
                Step(new RouterInput.RpcReceived(peer, Subscription()));
            }
        }

        Heartbeat();
        Invariant.Check(_router.Mesh(Topic).Count == meshPeers);
        PubsubMessage template = _policy.Create(Topic, new byte[messageBytes]);
        _frame = template.Frame.ToArray();
        _dataOffset = _frame.Length - messageBytes - 2 - Topic.Length;
        UVarint.Read(_frame, out _, out _prefix);
    }

    /// <summary>Bytes allocated by this thread per delivered message.</summary>
    /// <param name="meshPeers">Peers that messages come from in turn and are forwarded to.</param>
    /// <param name="idlePeers">Peers connected that follow no topic of ours.</param>
    /// <param name="messageBytes">Payload size.</param>
    public static long BytesPerDelivery(int meshPeers, int idlePeers, int messageBytes)
    {
        var measurement = new AllocationMeasurement(meshPeers, idlePeers, messageBytes);
        // Until every cache is full and every list has its size.
        measurement.Run(heartbeats: 20);
        long delivered = measurement._delivered;
        long before = GC.GetAllocatedBytesForCurrentThread();
        measurement.Run(heartbeats: 10);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        return bytes / (measurement._delivered - delivered);
    }

    private static PeerId Id(int number) => PeerId.FromPublicKey(SHA256.HashData(BitConverter.GetBytes(number)));

    private static Rpc Subscription()
    {
        var rpc = new Rpc();
        rpc.Subscriptions.Add(new SubscriptionChange(Topic, Subscribe: true));
        return rpc;
    }

    private void Run(int heartbeats)
    {
        for (int beat = 0; beat < heartbeats; beat++)
        {
            for (int i = 0; i < MessagesPerHeartbeat; i++)
            {
                _now += _settings.HeartbeatInterval / MessagesPerHeartbeat;
                Receive(_mesh[i % _mesh.Count]);
            }

            Heartbeat();
        }
    }

    private void Heartbeat()
    {
        Step(RouterInput.Heartbeat.Instance);
        Drain();
    }

    private void Receive(PeerId from)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_frame.AsSpan(_dataOffset), _number++);
        Invariant.Check(_decoder.TryDecode(_frame.AsMemory(_prefix), _rpc) == RpcFault.None);
        foreach (ref RpcMessage message in CollectionsMarshal.AsSpan(_rpc.Messages))
        {
            _policy.Identify(ref message);
        }

        Step(new RouterInput.RpcReceived(from, _rpc));
        Drain();
    }

    private void Step(RouterInput input)
    {
        _outputs.Clear();
        _router.Step(_now, input, _outputs);
        MessageId? judged = null;
        Rpc? encoded = null;
        SharedFrame? frame = null;
        foreach (ref readonly RouterOutput output in CollectionsMarshal.AsSpan(_outputs))
        {
            switch (output.Kind)
            {
                case RouterOutputKind.SendRpc:
                    if (output.Rpc != encoded)
                    {
                        frame?.Release();
                        (encoded, frame) = (output.Rpc, RpcEncoder.EncodeControl(_router.Frames, output.Rpc));
                    }

                    _queues[output.Peer].Enqueue(frame!, output.Priority);
                    break;
                case RouterOutputKind.SendMessage:
                    _queues[output.Peer].Enqueue(output.Message.Shared, output.Priority);
                    break;
                case RouterOutputKind.Validate:
                    judged = output.Message.Id;
                    break;
                case RouterOutputKind.Deliver:
                    _delivered++;
                    break;
                default:
                    throw Invariant.Fail($"unexpected {output.Kind}");
            }
        }

        frame?.Release();
        if (judged is { } id)
        {
            Step(new RouterInput.Validated(id, MessageValidity.Accept));
        }
    }

    private void Drain()
    {
        foreach (PeerId peer in _mesh)
        {
            int length;
            do
            {
                length = _queues[peer].Take(_batch, out SharedFrame? large);
                large?.Release();
            }
            while (length > 0);
        }
    }
}
