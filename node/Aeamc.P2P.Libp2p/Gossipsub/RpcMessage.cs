namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// A message as it stands in a received RPC. The memories are slices of the frame and valid only while it is processed;
/// null means that the field is absent, which is not the same as empty (pubsub spec, StrictNoSign).
/// </summary>
public record struct RpcMessage
{
    public string Topic { get; set; }

    public ReadOnlyMemory<byte> Data { get; set; }

    public ReadOnlyMemory<byte>? From { get; set; }

    public ReadOnlyMemory<byte>? SequenceNumber { get; set; }

    public ReadOnlyMemory<byte>? Signature { get; set; }

    public ReadOnlyMemory<byte>? Key { get; set; }

    /// <summary>Set by <see cref="MessagePolicy"/>.</summary>
    public MessageId Id { get; set; }

    /// <summary>Set by <see cref="MessagePolicy"/>: why the message is invalid before its content is looked at.</summary>
    public MessageFault Fault { get; set; }
}
