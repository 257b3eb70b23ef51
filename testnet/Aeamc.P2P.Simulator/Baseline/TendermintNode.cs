using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Baseline;

/// <summary>
/// Algorithm 1 of Buchman, Kwon and Milosevic, "The latest gossip on BFT consensus" (arXiv:1807.04938), line by line, with a new block each height. Lines are
/// cited where they stand. Votes go straight to everyone; no message is lost in the runs it is compared in, so nothing is sent twice.
/// </summary>
public sealed class TendermintNode : IEndpoint
{
    private const int None = -1;

    private readonly TendermintCluster _cluster;
    private readonly int _index;
    private readonly SortedDictionary<int, TendermintRound> _rounds = [];
    private readonly List<TendermintMessage> _future = [];
    private long _height = 1;
    private int _round;
    private Step _step;
    private byte[]? _lockedValue;
    private int _lockedRound = None;
    private byte[]? _validValue;
    private int _validRound = None;
    private Hash256 _parent;
    private long _verifierFree;

    public TendermintNode(TendermintCluster cluster, int index)
    {
        _cluster = cluster;
        _index = index;
        _parent = cluster.Genesis;
    }

    private enum Step
    {
        Propose,
        Prevote,
        Precommit,
    }

    public long Decided => _height - 1;

    public void Start() => StartRound(0);

    public void Receive(int from, Envelope envelope)
    {
        _cluster.Network.OnDelivered(from, _index, envelope);
        _cluster.Network.Traffic.OnReceived(envelope, !envelope.FirstTo(_index));
        if (_cluster.IsAbsent(_index))
        {
            return;
        }

        if (!envelope.IsRead)
        {
            envelope.IsRead = true;
            envelope.Other = TendermintMessage.Read(envelope.Bytes, _cluster.Members);
        }

        if (envelope.Other is not TendermintMessage message || message.Height < _height)
        {
            return;
        }

        _verifierFree = Math.Max(_verifierFree, _cluster.Clock.Now) + _cluster.Processing.Verify;
        _cluster.Clock.After(_verifierFree - _cluster.Clock.Now, () => Handle(message));
    }

    private void Handle(TendermintMessage message)
    {
        if (message.Height > _height)
        {
            _future.Add(message);
            return;
        }

        bool proposes = message.Kind != TendermintKind.Proposal || message.Sender == _cluster.Proposer(message.Height, message.Round);
        if (message.Height == _height && proposes)
        {
            Round(message.Round).Add(message);
            Apply();
        }
    }

    /// <summary>Lines 11 to 21.</summary>
    private void StartRound(int round)
    {
        _round = round;
        _step = Step.Propose;
        long height = _height;
        if (_cluster.Proposer(height, round) != _index)
        {
            // Line 57.
            After(_cluster.ProposeTimeout(round), height, round, () => Vote(Step.Propose, TendermintKind.Prevote, Hash256.Zero, Step.Prevote));
            Apply();
            return;
        }

        _cluster.Clock.After(_cluster.Processing.Block, () =>
        {
            if (_height == height && _round == round)
            {
                byte[] value = _validValue ?? _cluster.NewBlock(_parent, height, _index);
                Hash256 id = Hash256.Of(value);
                _cluster.Times.OnProposed(id, _cluster.Clock.Now);
                Say(new TendermintMessage(TendermintKind.Proposal, height, round, _validRound, _index, id, value));
            }
        });
        Apply();
    }

    /// <summary>Every rule that can fire, until none does.</summary>
    private void Apply()
    {
        long height;
        int round;
        Step step;
        do
        {
            (height, round, step) = (_height, _round, _step);
            ApplyOnce();
        }
        while (height != _height || round != _round || step != _step);
    }

    private void ApplyOnce()
    {
        if (TryDecide())
        {
            return;
        }

        foreach ((int later, TendermintRound state) in _rounds)
        {
            // Line 55.
            if (later > _round && state.Senders > _cluster.MaximumFaulty)
            {
                StartRound(later);
                return;
            }
        }

        long height = _height;
        int round = _round;
        TendermintRound current = Round(round);
        TendermintMessage? proposal = current.Proposal;
        if (_step == Step.Propose && proposal is not null)
        {
            Judge(proposal);
        }

        if (_step == Step.Prevote && current.Prevotes >= _cluster.Quorum && !current.PrevoteTimerSet)
        {
            // Line 34.
            current.PrevoteTimerSet = true;
            After(_cluster.VoteTimeout(round), height, round, () => Vote(Step.Prevote, TendermintKind.Precommit, Hash256.Zero, Step.Precommit));
        }

        if (_step != Step.Propose && proposal is not null && !current.Locked && current.PrevotesFor(proposal.Id) >= _cluster.Quorum)
        {
            // Line 36.
            current.Locked = true;
            byte[] value = proposal.Content.ToArray();
            if (_step == Step.Prevote)
            {
                _lockedValue = value;
                _lockedRound = round;
                Vote(Step.Prevote, TendermintKind.Precommit, proposal.Id, Step.Precommit);
            }

            _validValue = value;
            _validRound = round;
        }

        if (_step == Step.Prevote && current.PrevotesFor(Hash256.Zero) >= _cluster.Quorum)
        {
            // Line 44.
            Vote(Step.Prevote, TendermintKind.Precommit, Hash256.Zero, Step.Precommit);
        }

        if (current.Precommits >= _cluster.Quorum && !current.PrecommitTimerSet)
        {
            // Line 47, and 65 when it runs out.
            current.PrecommitTimerSet = true;
            After(_cluster.VoteTimeout(round), height, round, () => StartRound(round + 1));
        }
    }

    /// <summary>Lines 22 and 28.</summary>
    private void Judge(TendermintMessage proposal)
    {
        bool locksAllow;
        if (proposal.ValidRound == None)
        {
            locksAllow = _lockedRound == None || IsLocked(proposal);
        }
        else if (proposal.ValidRound < _round && Round(proposal.ValidRound).PrevotesFor(proposal.Id) >= _cluster.Quorum)
        {
            locksAllow = _lockedRound <= proposal.ValidRound || IsLocked(proposal);
        }
        else
        {
            return;
        }

        Vote(Step.Propose, TendermintKind.Prevote, locksAllow ? proposal.Id : Hash256.Zero, Step.Prevote, _cluster.Processing.Block);
    }

    private bool IsLocked(TendermintMessage proposal) => _lockedValue is { } locked && proposal.Content.Span.SequenceEqual(locked);

    /// <summary>Line 49, for the current round and earlier ones.</summary>
    private bool TryDecide()
    {
        foreach (TendermintRound round in _rounds.Values)
        {
            if (round.Proposal is { } proposal && round.PrecommitsFor(proposal.Id) >= _cluster.Quorum)
            {
                _cluster.OnDecided(_index, _height, proposal.Id);
                _parent = proposal.Id;
                _height++;
                _rounds.Clear();
                (_lockedValue, _lockedRound, _validValue, _validRound) = (null, None, null, None);
                foreach (TendermintMessage message in _future)
                {
                    if (message.Height == _height)
                    {
                        Round(message.Round).Add(message);
                    }
                }

                _future.RemoveAll(m => m.Height <= _height);
                StartRound(0);
                return true;
            }
        }

        return false;
    }

    private void Vote(Step expected, TendermintKind kind, Hash256 id, Step next, long work = 0)
    {
        if (_step == expected)
        {
            _step = next;
            Say(new TendermintMessage(kind, _height, _round, None, _index, id, default), work);
        }
    }

    /// <summary>Syncs, signs and sends, as our own node does; and counts its own message.</summary>
    private void Say(TendermintMessage message, long work = 0)
    {
        _cluster.Clock.After(work + _cluster.Processing.Sync + _cluster.Processing.Sign, () =>
        {
            _cluster.Broadcast(_index, message);
            Handle(message);
        });
    }

    private void After(long microseconds, long height, int round, Action action) => _cluster.Clock.After(microseconds, () =>
    {
        if (_height == height && _round == round)
        {
            action();
            Apply();
        }
    });

    private TendermintRound Round(int round)
    {
        if (!_rounds.TryGetValue(round, out TendermintRound? state))
        {
            _rounds[round] = state = new TendermintRound(_cluster.Members.Count);
        }

        return state;
    }
}
