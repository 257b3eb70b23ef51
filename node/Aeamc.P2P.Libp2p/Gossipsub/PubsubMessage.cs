using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// A message that this router took in or published: it owns its bytes. They are laid out as the RPC frame that carries
/// the message and nothing else, so forwarding to any number of peers encodes nothing and copies nothing.
/// </summary>
public sealed class PubsubMessage
{
    private readonly int _dataOffset;
    private readonly int _dataLength;

    private PubsubMessage(in RpcMessage message)
    {
        Id = message.Id;
        Topic = message.Topic;
        Author = message.From is { } from && PeerId.TryRead(from.Span, out PeerId author) ? author : null;
        Frame = RpcEncoder.EncodeMessage(message, out _dataOffset);
        _dataLength = message.Data.Length;
    }

    public MessageId Id { get; }

    public string Topic { get; }

    /// <summary>Who signed it; null under <see cref="SignaturePolicy.StrictNoSign"/>.</summary>
    public PeerId? Author { get; }

    /// <summary>The payload.</summary>
    public ReadOnlyMemory<byte> Data => Frame.AsMemory(_dataOffset, _dataLength);

    /// <summary>The length-prefixed RPC on the wire.</summary>
    internal byte[] Frame { get; }

    /// <summary>Takes a message over from the frame it came in. What it carried beside the known fields is not passed on.</summary>
    internal static PubsubMessage Copy(in RpcMessage message) => new(message);
}
