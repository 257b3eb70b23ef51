using Aeamc.P2P.Threshold.Frost;

namespace Aeamc.P2P.Threshold.Roast;

/// <summary>
/// The coordinator of ROAST (Ruffing, Ronge, Jin, Schneider-Bensch, Schroeder 2022, figure 4) for one message. It opens a session as soon as t members
/// have a fresh commitment on hand; a member is in one session at a time and comes back with its share, which carries its next commitment. So each
/// unfinished session holds at least one member who is silent or was caught, there are never more than n - t + 1 sessions, and t honest members who
/// answer finish one. The coordinator holds no secret: any node may run one, and several may run at once.
/// </summary>
public sealed class RoastCoordinator
{
    private readonly ISecp256k1Group _group;
    private readonly Member[] _members;
    private readonly List<NodeIndex> _ready = [];
    private readonly List<Session> _sessions = [];

    public RoastCoordinator(ISecp256k1Group group, ThresholdPublicKey key, Hash256 message)
    {
        (_group, Key, Message) = (group, key, message);
        _members = new Member[key.Members];
    }

    private enum Standing
    {
        /// <summary>Its commitment is wanted.</summary>
        Asked,

        /// <summary>Its commitment is on hand.</summary>
        Ready,

        /// <summary>Its share is wanted.</summary>
        Signing,

        /// <summary>It refused to go on; not asked again in this run.</summary>
        Gone,

        /// <summary>Caught cheating.</summary>
        Blamed,
    }

    public ThresholdPublicKey Key { get; }

    /// <summary>The 32 bytes to sign.</summary>
    public Hash256 Message { get; }

    /// <summary>The group signature, verified, once there is one.</summary>
    public FrostSignature? Signature { get; private set; }

    /// <summary>How many sessions were opened, at most n - t + 1.</summary>
    public int Sessions => _sessions.Count;

    /// <summary>Members who sent something no honest member sends, ascending.</summary>
    public IReadOnlyList<NodeIndex> Blamed => Where(Standing.Blamed);

    /// <summary>Members whose answer is wanted, ascending: whom a run that does not finish waits for.</summary>
    public IReadOnlyList<NodeIndex> Awaited => [.. Where(Standing.Asked).Concat(Where(Standing.Signing)).Order()];

    /// <summary>Whether too few members are left for this run to finish; another run may be begun.</summary>
    public bool IsHopeless => Signature is null && _members.Count(member => member.Standing < Standing.Gone) < Key.Threshold;

    /// <summary>
    /// The requests to send at the start; later, the ones still unanswered, to be repeated after a timeout. Signers answer a repetition with the
    /// reply they gave.
    /// </summary>
    public IReadOnlyList<RoastOutgoing> Outstanding()
    {
        if (Signature is not null)
        {
            return [];
        }

        return [.. Awaited.Select(member => new RoastOutgoing(
            member,
            _members[member.Value].Standing == Standing.Asked ? new RoastRequest.Commit(Message) : _sessions[_members[member.Value].Session].Request))];
    }

    /// <summary>Takes a reply. <paramref name="from"/> is who the transport says it is.</summary>
    /// <returns>What became of it, and the requests that follow from it.</returns>
    public (RoastVerdict Verdict, IReadOnlyList<RoastOutgoing> Outgoing) Receive(NodeIndex from, ReadOnlySpan<byte> bytes)
    {
        if (Signature is not null || from.Value >= Key.Members || _members[from.Value].Standing >= Standing.Gone)
        {
            return (RoastVerdict.Ignored, []);
        }

        if (!RoastReply.TryDecode(_group, from, bytes, out RoastReply? reply))
        {
            return (Blame(from, RoastVerdict.Malformed), []);
        }

        if (reply.Message != Message)
        {
            return (RoastVerdict.Ignored, []);
        }

        return reply switch
        {
            RoastReply.Committed committed => OnCommitted(from, committed),
            RoastReply.Signed signed => OnSigned(from, signed),
            RoastReply.Refused refused => OnRefused(from, refused),
            _ => throw Invariant.Fail("unknown ROAST reply"),
        };
    }

    private (RoastVerdict, IReadOnlyList<RoastOutgoing>) OnCommitted(NodeIndex from, RoastReply.Committed committed) =>
        _members[from.Value].Standing == Standing.Asked
            ? (RoastVerdict.Accepted, MakeReady(from, committed.Commitment))
            : (RoastVerdict.Ignored, []);

    private (RoastVerdict, IReadOnlyList<RoastOutgoing>) OnSigned(NodeIndex from, RoastReply.Signed signed)
    {
        Member member = _members[from.Value];
        if (member.Standing != Standing.Signing || member.Session != signed.Session)
        {
            return (RoastVerdict.Ignored, []);
        }

        Session session = _sessions[member.Session];
        if (!session.Frost.VerifyShare(from, signed.Share))
        {
            return (Blame(from, RoastVerdict.BadShare), []);
        }

        session.Shares.Add(signed.Share);
        if (session.Shares.Count == Key.Threshold)
        {
            // Right shares add up to a right signature unless z is 0, which has probability 2^-256.
            FrostSignature signature = session.Frost.Aggregate([.. session.Shares]);
            Invariant.Check(signature.Verify(_group, Key.GroupKey, Message.ToArray()));
            Signature = signature;
            return (RoastVerdict.Accepted, []);
        }

        return (RoastVerdict.Accepted, MakeReady(from, signed.Next));
    }

    private (RoastVerdict, IReadOnlyList<RoastOutgoing>) OnRefused(NodeIndex from, RoastReply.Refused refused)
    {
        // A member that has not approved the message yet is asked again with the next repetition. One that gives up in a session has spoilt it
        // as if it were silent.
        bool later = _members[from.Value].Standing == Standing.Asked && refused.Reason == RoastRefusal.NotApproved;
        if (!later && _members[from.Value].Standing != Standing.Ready)
        {
            _members[from.Value].Standing = Standing.Gone;
        }

        return (RoastVerdict.Refused, []);
    }

    private List<RoastOutgoing> MakeReady(NodeIndex from, NonceCommitment commitment)
    {
        _members[from.Value] = new Member { Standing = Standing.Ready, Commitment = commitment };
        _ready.Add(from);
        return _ready.Count == Key.Threshold ? OpenSession() : [];
    }

    private List<RoastOutgoing> OpenSession()
    {
        Invariant.Check(_sessions.Count <= Key.Members - Key.Threshold);
        ImmutableArray<NonceCommitment> commitments = [.. _ready.Order().Select(member => _members[member.Value].Commitment)];

        // The binding factors hash all commitments, so nobody can choose his to cancel the sum: this fails with probability 2^-256.
        Invariant.Check(FrostSession.TryCreate(_group, Key, commitments.AsSpan(), Message.ToArray(), out FrostSession? frost));
        var request = new RoastRequest.Sign(Message, (ushort)_sessions.Count, commitments);
        foreach (NodeIndex member in _ready)
        {
            _members[member.Value] = new Member { Standing = Standing.Signing, Session = (ushort)_sessions.Count };
        }

        _ready.Clear();
        _sessions.Add(new Session(frost, request, []));
        return [.. commitments.Select(commitment => new RoastOutgoing(commitment.Member, request))];
    }

    private RoastVerdict Blame(NodeIndex from, RoastVerdict verdict)
    {
        _ready.Remove(from);
        _members[from.Value].Standing = Standing.Blamed;
        return verdict;
    }

    private List<NodeIndex> Where(Standing standing) =>
        [.. Enumerable.Range(0, _members.Length).Where(i => _members[i].Standing == standing).Select(i => new NodeIndex((ushort)i))];

    private struct Member
    {
        public Standing Standing;
        public NonceCommitment Commitment;
        public ushort Session;
    }

    private sealed record Session(FrostSession Frost, RoastRequest.Sign Request, List<Scalar> Shares);
}
