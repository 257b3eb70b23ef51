using Aeamc.P2P.Threshold.Frost;

namespace Aeamc.P2P.Threshold.Roast;

/// <summary>
/// One member's signing side. It signs only messages the host has approved, keeps at most one open nonce per coordinator and message, and keeps nonces
/// in memory only: after a restart the old ones are gone and cannot be used twice. Not safe for concurrent calls.
/// </summary>
public sealed class RoastSigner(ISecp256k1Group group, SigningShare share) : IDisposable
{
    /// <summary>How many approved messages are kept; approving one more retires the oldest.</summary>
    public const int MaxApproved = 16;

    private readonly List<Approval> _approved = [];

    /// <summary>How many sessions one coordinator may ask for over one message: four whole runs.</summary>
    public int MaxSessionsPerCoordinator => 4 * (share.PublicKey.Members - share.PublicKey.Threshold + 1);

    /// <summary>Allows this message to be signed. The host says so after it has itself seen that the message is right.</summary>
    public void Approve(Hash256 message)
    {
        if (Find(message) is not null)
        {
            return;
        }

        if (_approved.Count == MaxApproved)
        {
            Retire(_approved[0].Message);
        }

        _approved.Add(new Approval(message, new Slot?[share.PublicKey.Members]));
    }

    /// <summary>Takes the approval back, as when the message has its signature, and wipes its nonces.</summary>
    public void Retire(Hash256 message)
    {
        if (Find(message) is { } approval)
        {
            foreach (Slot? slot in approval.Slots)
            {
                slot?.Nonce.Dispose();
            }

            _approved.Remove(approval);
        }
    }

    /// <summary>Answers a coordinator.</summary>
    /// <param name="coordinator">A member of the committee, as the transport names it.</param>
    /// <param name="request">The bytes it sent.</param>
    /// <param name="randomness"><see cref="SigningNonce.RandomnessSize"/> fresh random bytes, used for nothing else.</param>
    /// <returns>The encoded <see cref="RoastReply"/>, or null when the request is malformed or not from a member.</returns>
    public byte[]? Answer(NodeIndex coordinator, ReadOnlySpan<byte> request, ReadOnlySpan<byte> randomness)
    {
        if (coordinator.Value >= share.PublicKey.Members || !RoastRequest.TryDecode(group, share.PublicKey.Threshold, request, out RoastRequest? decoded))
        {
            return null;
        }

        if (Find(decoded.Message) is not { } approval)
        {
            return Refuse(decoded, RoastRefusal.NotApproved);
        }

        ref Slot? slot = ref approval.Slots[coordinator.Value];
        return decoded switch
        {
            RoastRequest.Commit => Commit(decoded.Message, ref slot, randomness),
            RoastRequest.Sign sign => Sign(sign, slot, Hash256.Of(request), randomness),
            _ => throw Invariant.Fail("unknown ROAST request"),
        };
    }

    /// <summary>Wipes all nonces. The share is its owner's.</summary>
    public void Dispose()
    {
        while (_approved.Count > 0)
        {
            Retire(_approved[^1].Message);
        }
    }

    private byte[] Commit(Hash256 message, ref Slot? slot, ReadOnlySpan<byte> randomness)
    {
        // Repeating an unspent commitment is harmless and spares the memory of a second one.
        slot ??= new Slot(SigningNonce.Generate(group, share, randomness));
        return new RoastReply.Committed(message, slot.Nonce.Commitment).Encode();
    }

    private byte[] Sign(RoastRequest.Sign request, Slot? slot, Hash256 requestHash, ReadOnlySpan<byte> randomness)
    {
        if (slot?.LastReply is { } repeated && slot.LastRequest == requestHash)
        {
            return repeated;
        }

        // The cheap check comes first: deriving a session costs t multiplications.
        if (slot is null || !request.Commitments.Contains(slot.Nonce.Commitment))
        {
            return Refuse(request, RoastRefusal.UnknownNonce);
        }

        if (slot.Sessions == MaxSessionsPerCoordinator)
        {
            return Refuse(request, RoastRefusal.TooManySessions);
        }

        if (!FrostSession.TryCreate(group, share.PublicKey, request.Commitments.AsSpan(), request.Message.ToArray(), out FrostSession? session)
            || !session.TrySign(share, slot.Nonce, out Scalar signatureShare))
        {
            return Refuse(request, RoastRefusal.BadSession);
        }

        slot.Nonce = SigningNonce.Generate(group, share, randomness);
        slot.Sessions++;
        slot.LastRequest = requestHash;
        slot.LastReply = new RoastReply.Signed(request.Message, request.Session, signatureShare, slot.Nonce.Commitment).Encode();
        return slot.LastReply;
    }

    private static byte[] Refuse(RoastRequest request, RoastRefusal reason) => new RoastReply.Refused(request.Message, reason).Encode();

    private Approval? Find(Hash256 message) => _approved.Find(approval => approval.Message == message);

    private sealed record Approval(Hash256 Message, Slot?[] Slots);

    private sealed class Slot(SigningNonce nonce)
    {
        public SigningNonce Nonce { get; set; } = nonce;

        public int Sessions { get; set; }

        public Hash256 LastRequest { get; set; }

        public byte[]? LastReply { get; set; }
    }
}
