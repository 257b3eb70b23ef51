using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger.Tests;

public class GenesisDocumentTests
{
    private readonly GenesisDocument _sound = new World().Document;

    [Fact]
    public void GenesisStateHoldsTheDocument()
    {
        LedgerState state = _sound.Genesis();
        Assert.Equal(Height.Zero, state.Height);
        Assert.Equal(_sound.Start, state.Time);
        Assert.Equal(_sound.Hash(), state.Document.Hash());
        Assert.Equal(new NodeIndex(2), state.IndexOf(_sound.Committee[2].Id));
        Assert.Null(state.IndexOf(World.Node("stranger")));
        Assert.Null(state.GroupKey);
        Assert.Equal(state.Root, _sound.Genesis().Root);
        Assert.NotEqual(state.Root, (_sound with { ClusterId = 8 }).Genesis().Root);
    }

    [Fact]
    public void UnsoundDocumentsSayWhy()
    {
        GenesisDocument[] unsound =
        [
            _sound with { NetworkName = "" },
            _sound with { NetworkName = "Test Net" },
            _sound with { NetworkName = new string('a', 65) },
            _sound with { Committee = [] },
            _sound with { Committee = [_sound.Committee[0], _sound.Committee[0]] },
            _sound with { Committee = [.. Enumerable.Range(0, 129).Select(index => _sound.Committee[0] with { Id = World.Node($"{index}") })] },
            _sound with { Committee = [_sound.Committee[0] with { Label = new string('x', 65) }] },
            _sound with { Committee = [_sound.Committee[0] with { DkgKey = new byte[32] }] },
            _sound with { Committee = [_sound.Committee[0] with { DkgKey = new byte[33] }] },
            _sound with { Requesters = [World.Requester, World.Requester] },
            _sound with { Parameters = NetworkParameters.Default with { SampleRate = 10_001 } },
        ];
        Assert.All(unsound, document =>
        {
            Assert.NotNull(document.Problem());
            Assert.False(GenesisDocument.TryDecode(document.Encode(), out _));
            Assert.Throws<InvariantException>(document.Genesis);
        });
        Assert.Null(_sound.Problem());
    }

    [Fact]
    public void UnsoundParametersSayWhich()
    {
        NetworkParameters sound = NetworkParameters.Default;
        (NetworkParameters Parameters, string Name)[] unsound =
        [
            (sound with { HeartbeatsRequired = 0 }, "HeartbeatsRequired"),
            (sound with { HeartbeatsRequired = 17 }, "HeartbeatsRequired"),
            (sound with { ScoreGate = 10_001 }, "ScoreGate"),
            (sound with { MaxUnitsPerLease = 0 }, "MaxUnitsPerLease"),
            (sound with { LeaseDurationMs = 0 }, "LeaseDurationMs"),
            (sound with { MaxTaskSteps = 0 }, "MaxTaskSteps"),
            (sound with { MaxRecomputedSteps = ulong.MaxValue }, "MaxRecomputedSteps"),
            (sound with { ReputationStart = 1001 }, "ReputationStart"),
            (sound with { ReputationPenalty = 1001 }, "ReputationPenalty"),
            (sound with { BlockBelow = 1001 }, "BlockBelow"),
            (sound with { V1Enabled = 2 }, "V1Enabled"),
            (sound with { DkgPhaseMs = 99 }, "DkgPhaseMs"),
            (sound with { DkgPhaseMs = ulong.MaxValue }, "DkgPhaseMs"),
            (sound with { NetworkDelayMs = 0 }, "NetworkDelayMs"),
            (sound with { IdleIntervalMs = 99 }, "IdleIntervalMs"),
            (sound with { BlockIntervalMs = 6_001 }, "BlockIntervalMs"),
            (sound with { CheckpointIntervalMs = 999 }, "CheckpointIntervalMs"),
            (sound with { MaxOpenTasks = 0 }, "MaxOpenTasks"),
            (sound with { MaxExpiriesPerBlock = 0 }, "MaxExpiriesPerBlock"),
            (sound with { ProofMaxAgeMs = ulong.MaxValue }, "ProofMaxAgeMs"),
            (sound with { TaskRetentionMs = 330_000 }, "TaskRetentionMs"),
        ];
        Assert.All(unsound, row => Assert.Contains(row.Name, row.Parameters.Problem(), StringComparison.Ordinal));
        Assert.Null(sound.Problem());
    }
}
