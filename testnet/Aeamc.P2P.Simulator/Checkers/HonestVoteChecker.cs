using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Simulator.Checkers;

/// <summary>No honest member contradicts itself, whatever it forgot in a crash: every vote that left it is remembered here.</summary>
public sealed class HonestVoteChecker
{
    private readonly Dictionary<(NodeIndex, View), Cast> _cast = [];

    public List<string> Violations { get; } = [];

    public void Add(NodeIndex node, Statement vote)
    {
        if (!_cast.TryGetValue((node, vote.View), out Cast? cast))
        {
            _cast[(node, vote.View)] = cast = new Cast();
        }

        string? wrong = null;
        switch (vote.Kind)
        {
            case VoteKind.Notarize:
                if (cast.Notarized is { } notarized && notarized != vote.Block.Hash)
                {
                    wrong = "notarized two blocks";
                }
                else if (cast.Notarized is null && cast.Nullified)
                {
                    wrong = "notarized after nullifying";
                }

                cast.Notarized = vote.Block.Hash;
                break;
            case VoteKind.Nullify:
                wrong = cast.Finalized is null ? null : "nullified after finalizing";
                cast.Nullified = true;
                break;
            case VoteKind.Finalize:
                wrong = cast.Nullified ? "finalized after nullifying"
                    : cast.Finalized is { } finalized && finalized != vote.Block.Hash ? "finalized two blocks" : null;
                cast.Finalized = vote.Block.Hash;
                break;
            default:
                wrong = "cast an unknown vote";
                break;
        }

        if (wrong is not null)
        {
            Violations.Add($"honest member {node} {wrong} in view {vote.View}");
        }
    }

    private sealed class Cast
    {
        public Hash256? Notarized { get; set; }

        public Hash256? Finalized { get; set; }

        public bool Nullified { get; set; }
    }
}
