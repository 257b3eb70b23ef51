using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Simulator.Baseline;

/// <summary>The votes and the proposal of one round, and which rules have fired "for the first time" in it.</summary>
internal sealed class TendermintRound(int members)
{
    private readonly Votes _prevotes = new(members);
    private readonly Votes _precommits = new(members);
    private readonly HashSet<int> _senders = [];

    public TendermintMessage? Proposal { get; set; }

    /// <summary>Line 34.</summary>
    public bool PrevoteTimerSet { get; set; }

    /// <summary>Line 36.</summary>
    public bool Locked { get; set; }

    /// <summary>Line 47.</summary>
    public bool PrecommitTimerSet { get; set; }

    /// <summary>Members heard in this round, for line 55.</summary>
    public int Senders => _senders.Count;

    public int Prevotes => _prevotes.Total;

    public int Precommits => _precommits.Total;

    public int PrevotesFor(Hash256 id) => _prevotes.For(id);

    public int PrecommitsFor(Hash256 id) => _precommits.For(id);

    public void Add(TendermintMessage message)
    {
        _senders.Add(message.Sender);
        switch (message.Kind)
        {
            case TendermintKind.Prevote:
                _prevotes.Add(message.Sender, message.Id);
                break;
            case TendermintKind.Precommit:
                _precommits.Add(message.Sender, message.Id);
                break;
            default:
                Proposal ??= message;
                break;
        }
    }

    private sealed class Votes(int members)
    {
        private readonly bool[] _voted = new bool[members];
        private readonly Dictionary<Hash256, int> _counts = [];

        public int Total { get; private set; }

        public int For(Hash256 id) => _counts.GetValueOrDefault(id);

        public void Add(int sender, Hash256 id)
        {
            if (!_voted[sender])
            {
                _voted[sender] = true;
                _counts[id] = _counts.GetValueOrDefault(id) + 1;
                Total++;
            }
        }
    }
}
