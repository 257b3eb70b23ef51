using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Gossipsub.Simulation;

/// <summary>One router in a <see cref="SimulatedNetwork"/>, with real codec and message policy around it.</summary>
internal sealed class SimulatedNode
{
    private readonly SimulatedNetwork _network;
    private readonly MessagePolicy _policy;
    private readonly RpcDecoder _decoder;
    private readonly List<RouterOutput> _outputs = [];
    private readonly Rpc _rpc = new();
    private bool _wakeIsSet;

    public SimulatedNode(SimulatedNetwork network, int number, PubsubSettings settings, int seed, Conduct conduct)
    {
        _network = network;
        Number = number;
        Id = PeerId.FromPublicKey(SHA256.HashData(BitConverter.GetBytes(number)));
        Settings = settings;
        Conduct = conduct;
        Router = new GossipsubRouter(Id, settings, new Random(seed));
        _policy = new MessagePolicy(settings, Id, null, 0);
        _decoder = new RpcDecoder(settings, new TopicNames());
    }

    public int Number { get; }

    public PeerId Id { get; }

    public PubsubSettings Settings { get; }

    public Conduct Conduct { get; }

    public bool IsHonest => Conduct is Conduct.Honest;

    public GossipsubRouter Router { get; }

    public Dictionary<SimulatedNode, TimeSpan> Links { get; } = [];

    /// <summary>Mesh peers of the network's topic.</summary>
    public IReadOnlyList<PeerId> Mesh => Router.Mesh(SimulatedNetwork.Topic);

    /// <summary>How often each text was delivered.</summary>
    public Dictionary<string, int> Delivered { get; } = [];

    public void Publish(string text)
    {
        Delivered[text] = 1;
        PubsubMessage message = _policy.Create(SimulatedNetwork.Topic, Encoding.UTF8.GetBytes(text.PadRight(_network.MessageBytes)));
        Step(new RouterInput.Publish(message));
        message.Release();
    }

    public void Receive(PeerId from, ReadOnlyMemory<byte> frame)
    {
        Invariant.Check(UVarint.Read(frame.Span, out _, out int prefix) == UVarintStatus.Done);
        Invariant.Check(_decoder.TryDecode(frame[prefix..], _rpc) == RpcFault.None);
        foreach (ref RpcMessage message in CollectionsMarshal.AsSpan(_rpc.Messages))
        {
            _policy.Identify(ref message);
        }

        Step(new RouterInput.RpcReceived(from, _rpc));
    }

    public void Step(RouterInput input)
    {
        _outputs.Clear();
        Router.Step(_network.Now, input, _outputs);
        foreach (RouterOutput output in _outputs)
        {
            switch (output.Kind)
            {
                case RouterOutputKind.SendRpc:
                    if (output.Priority != SendPriority.Gossip || Conduct.Gossips(_network.Now))
                    {
                        SharedFrame frame = RpcEncoder.EncodeControl(FramePool.Shared, output.Rpc);
                        _network.Send(this, output.Peer, frame.Memory, message: false);
                        frame.Release();
                    }

                    break;
                case RouterOutputKind.SendMessage:
                    if (Conduct.Sends(Text(output.Message), _network.Now))
                    {
                        _network.Send(this, output.Peer, output.Message.Frame, message: true);
                    }

                    break;
                case RouterOutputKind.CancelMessage:
                    // Frames are on their way at once: there is no queue to take a copy from.
                    break;
                case RouterOutputKind.Validate:
                    MessageId id = output.Message.Id;
                    _network.Schedule(_network.ValidationTime, () => Step(new RouterInput.Validated(id, MessageValidity.Accept)));
                    break;
                case RouterOutputKind.Deliver:
                    string text = Text(output.Message);
                    Delivered[text] = Delivered.GetValueOrDefault(text) + 1;
                    _network.OnDelivered(this, text);
                    break;
                case RouterOutputKind.ConnectExchanged:
                    foreach (PeerExchangeInfo info in output.Exchanged)
                    {
                        _network.Schedule(TimeSpan.Zero, () => _network.DialIfThere(this, info.Peer));
                    }

                    break;
                default:
                    throw Invariant.Fail($"unexpected {output.Kind}");
            }
        }

        if (!_wakeIsSet && Router.NextWake is { } due)
        {
            _wakeIsSet = true;
            _network.Schedule(due - _network.Now, () =>
            {
                _wakeIsSet = false;
                Step(RouterInput.Wake.Instance);
            });
        }
    }

    private static string Text(PubsubMessage message) => Encoding.UTF8.GetString(message.Data.Span).TrimEnd();
}
