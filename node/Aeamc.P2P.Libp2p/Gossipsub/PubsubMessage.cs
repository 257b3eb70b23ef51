using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// A message that this router took in or published, in memory that is lent: whoever gets it in a callback copies what must
/// outlive the callback. It is laid out as the RPC frame that carries the message and nothing else, so forwarding to any
/// number of peers encodes nothing and copies nothing.
/// </summary>
public sealed class PubsubMessage
{
    private readonly int _dataOffset;
    private readonly int _dataLength;
    private SharedFrame? _frame;

    private PubsubMessage(FramePool frames, in RpcMessage message)
    {
        Id = message.Id;
        Topic = message.Topic;
        Author = message.From is { } from && PeerId.TryRead(from.Span, out PeerId author) ? author : null;
        _frame = RpcEncoder.EncodeMessage(frames, message, out _dataOffset);
        _frame.Message = this;
        _dataLength = message.Data.Length;
    }

    public MessageId Id { get; }

    public string Topic { get; }

    /// <summary>Who signed it; null under <see cref="SignaturePolicy.StrictNoSign"/>.</summary>
    public PeerId? Author { get; }

    /// <summary>The payload.</summary>
    /// <exception cref="ObjectDisposedException">The message was kept beyond the callback that lent it.</exception>
    public ReadOnlyMemory<byte> Data => Shared.Memory.Slice(_dataOffset, _dataLength);

    /// <summary>Length of the payload in bytes.</summary>
    internal int DataLength => _dataLength;

    /// <summary>The length-prefixed RPC on the wire.</summary>
    internal ReadOnlyMemory<byte> Frame => Shared.Memory;

    internal SharedFrame Shared => _frame ?? throw new ObjectDisposedException(nameof(PubsubMessage), "The message was lent for a callback that has returned: copy what must outlive it.");

    /// <summary>Takes a message over from the frame it came in, with one holder. What it carried beside the known fields is not passed on.</summary>
    internal static PubsubMessage Copy(FramePool frames, in RpcMessage message) => new(frames, message);

    internal void Retain() => Shared.Retain();

    internal void Release() => Shared.Release();

    internal void Detach() => _frame = null;
}
