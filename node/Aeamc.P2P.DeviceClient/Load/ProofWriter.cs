using System.Buffers;
using System.Globalization;
using System.Text;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceClient.Load;

/// <summary>Writes signed proofs as ready requests, without garbage but the buffers' pool. One thread at a time.</summary>
internal sealed class ProofWriter
{
    private readonly DeviceKey _key;
    private readonly byte[] _domain;
    private readonly byte[] _head;
    private readonly byte[] _kid;
    private readonly ArrayBufferWriter<byte> _message = new(512);
    private readonly ArrayBufferWriter<byte> _request = new(1024);

    public ProofWriter(DeviceKey key, string network, Uri node)
    {
        _key = key;
        _domain = Envelope.SignedMessage(network, EntryKind.TaskProof, []);
        _kid = key.PublicKey.ToArray();
        _head = Encoding.ASCII.GetBytes(
            $"POST /v2/proofs HTTP/1.1\r\nHost: {node.Authority}\r\nContent-Type: application/msgpack\r\nContent-Length: ");
    }

    public PreparedPost Write(TaskProof proof)
    {
        _message.ResetWrittenCount();
        _message.Write(_domain);
        proof.Write(_message);
        byte[] signature = _key.Sign(_message.WrittenSpan);
        ReadOnlySpan<byte> payload = _message.WrittenSpan[_domain.Length..];

        // Array header and algorithm are a byte each, bin headers two for lengths up to 255.
        int length = 1 + BinarySize(payload.Length) + BinarySize(_kid.Length) + 1 + BinarySize(signature.Length);
        _request.ResetWrittenCount();
        _request.Write(_head);
        length.TryFormat(_request.GetSpan(8), out int digits, default, CultureInfo.InvariantCulture);
        _request.Advance(digits);
        _request.Write("\r\n\r\n"u8);
        int bodyStart = _request.WrittenCount;
        var writer = new MessagePackWriter(_request);
        writer.WriteArrayHeader(4);
        writer.Write(payload);
        writer.Write(_kid);
        writer.Write((ulong)_key.Algorithm);
        writer.Write(signature);
        Invariant.Check(_request.WrittenCount - bodyStart == length);

        byte[] buffer = ArrayPool<byte>.Shared.Rent(_request.WrittenCount);
        _request.WrittenSpan.CopyTo(buffer);
        return new PreparedPost(buffer, _request.WrittenCount);
    }

    private static int BinarySize(int length) => length + (length <= byte.MaxValue ? 2 : 3);
}
