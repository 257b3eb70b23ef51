using System.Runtime.InteropServices;
using Aeamc.P2P.Cryptography.Ed25519Lanes;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// Verifies signatures of received messages (StrictSign), as many at once as the processor does in one pass, and only of messages that are new; it runs
/// outside the router's lock. A forgery does not mark its id as seen, so it cannot keep the true message out. For one stream.
/// </summary>
/// <param name="policy">Says what is signed.</param>
/// <param name="verifier">Judges.</param>
/// <param name="hasSeen">Whether a message of this id has come already.</param>
internal sealed class SignatureBatch(MessagePolicy policy, Ed25519BatchVerifier verifier, SignatureBatch.IsKnown hasSeen)
{
    private readonly (Rpc Rpc, int Index)[] _messages = new (Rpc, int)[Ed25519BatchVerifier.PassSize];
    private readonly Ed25519Claim[] _claims = new Ed25519Claim[Ed25519BatchVerifier.PassSize];
    private readonly SharedFrame[] _signed = new SharedFrame[Ed25519BatchVerifier.PassSize];
    private int _count;

    public delegate bool IsKnown(in MessageId id);

    /// <summary>Adds the messages of an RPC. Each has its verdict after the next <see cref="Verify"/>; until then the RPC and its frame stay as they are.</summary>
    public void Add(Rpc rpc)
    {
        for (int i = 0; i < rpc.Messages.Count; i++)
        {
            ref RpcMessage message = ref CollectionsMarshal.AsSpan(rpc.Messages)[i];
            if (message.Fault != MessageFault.None || hasSeen(message.Id))
            {
                continue;
            }

            _claims[_count] = policy.Claim(message, out _signed[_count]);
            _messages[_count++] = (rpc, i);
            if (_count == _claims.Length)
            {
                Verify();
            }
        }
    }

    /// <summary>Marks the messages added since the last call whose signature does not hold.</summary>
    public void Verify()
    {
        if (_count == 0)
        {
            return;
        }

        Span<bool> verdicts = stackalloc bool[_count];
        verifier.Verify(_claims.AsSpan(0, _count), verdicts);
        for (int i = 0; i < _count; i++)
        {
            (Rpc rpc, int index) = _messages[i];
            if (!verdicts[i])
            {
                CollectionsMarshal.AsSpan(rpc.Messages)[index].Fault = MessageFault.BadSignature;
            }

            _signed[i].Release();
        }

        // Nothing is kept of frames that are lent.
        Array.Clear(_messages);
        Array.Clear(_claims);
        Array.Clear(_signed);
        _count = 0;
    }
}
