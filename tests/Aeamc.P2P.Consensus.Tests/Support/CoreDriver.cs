using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Tests.Support;

/// <summary>
/// One core with the least host around it: votes are guarded, logged, signed and fed back at once; everything else is recorded for the
/// test to look at. <see cref="Effects"/> are those of the last call.
/// </summary>
public sealed class CoreDriver
{
    private readonly World _world;
    private readonly NodeIndex _self;

    public CoreDriver(World world, NodeIndex self, SimplexOptions? options = null, RecoveredState? recovered = null)
    {
        _world = world;
        _self = self;
        recovered ??= RecoveredState.Fresh(world.Epoch, world.Genesis);
        Core = new SimplexCore(options ?? new SimplexOptions(), world.Committee, world.Leaders, self, recovered);
        Guard = new VoteGuard(recovered);
        Log.AddRange(recovered.Records);
    }

    public NodeIndex Self => _self;

    public SimplexCore Core { get; }

    public VoteGuard Guard { get; }

    public List<WalRecord> Log { get; } = [];

    public List<Effect> Effects { get; } = [];

    /// <summary>Everything signed since the beginning, in order.</summary>
    public List<Statement> Signed { get; } = [];

    public BlockRef Genesis => _world.Genesis;

    public static CoreDriver Started(World world, NodeIndex self, SimplexOptions? options = null)
    {
        var driver = new CoreDriver(world, self, options);
        driver.Do(new Input.Start());
        return driver;
    }

    /// <summary>A node that does not lead the views 1 to <paramref name="views"/>.</summary>
    public static CoreDriver Follower(World world, int views = 2, SimplexOptions? options = null)
    {
        for (ushort i = 0; i < world.Committee.Count; i++)
        {
            var self = new NodeIndex(i);
            if (Enumerable.Range(1, views).All(v => world.LeaderOf((ulong)v) != self))
            {
                return Started(world, self, options);
            }
        }

        throw new InvalidOperationException("everyone leads one of these views");
    }

    public CoreDriver Do(Input input)
    {
        Effects.Clear();
        Run(input);
        return this;
    }

    public CoreDriver Propose(BlockRef block) => Do(new Input.ProposalReceived(_world.Proposal(block)));

    public CoreDriver ProposeVerified(BlockRef block)
    {
        Propose(block);
        return Do(new Input.ProposalVerified(block.View, block.Hash, true));
    }

    public CoreDriver Votes(Statement statement, int count)
    {
        var seen = new List<Effect>();
        for (ushort i = 0; i < _world.Committee.Count && count > 0; i++)
        {
            if (new NodeIndex(i) != _self)
            {
                Vote(new NodeIndex(i), statement);
                seen.AddRange(Effects);
                count--;
            }
        }

        Effects.Clear();
        Effects.AddRange(seen);
        return this;
    }

    public CoreDriver Vote(NodeIndex voter, Statement statement) =>
        Do(new Input.VoteReceived(_world.Verified(_world.Vote(voter, statement))));

    public CoreDriver Certificate(Statement statement) =>
        Do(new Input.CertificateReceived(_world.Verified(_world.CertificateWithout(_self, statement))));

    public CoreDriver Certify(BlockRef block, bool valid = true) => Do(new Input.CertifyDecided(block.View, block.Hash, valid));

    public CoreDriver Notarized(BlockRef block) => Certificate(Statement.Notarize(_world.Epoch, block));

    public CoreDriver Nullified(ulong view) => Certificate(Statement.Nullify(_world.Epoch, new View(view)));

    public CoreDriver Finalized(BlockRef block) => Certificate(Statement.Finalize(_world.Epoch, block));

    public CoreDriver Fire(TimerKind kind) => Do(new Input.TimerFired(kind, Core.CurrentView));

    public bool Has<T>(Func<T, bool>? which = null)
        where T : Effect => Effects.OfType<T>().Any(which ?? (_ => true));

    public T The<T>(Func<T, bool>? which = null)
        where T : Effect => Effects.OfType<T>().Single(which ?? (_ => true));

    public bool HasSigned(Statement statement) => Signed.Contains(statement);

    public int Timer(TimerKind kind) => Effects.OfType<Effect.SetTimer>().Last(t => t.Kind == kind).Milliseconds;

    /// <summary>The same node after a crash in which nothing of the log was lost.</summary>
    public CoreDriver Restarted(SimplexOptions? options = null)
    {
        var next = new CoreDriver(_world, _self, options, RecoveredState.Replay(_world.Epoch, Genesis, Log, SignerMemory.Of(Guard.Watermark)));
        return next.Do(new Input.Start());
    }

    private void Run(Input input)
    {
        foreach (Effect effect in Core.Step(input))
        {
            Effects.Add(effect);
            switch (effect)
            {
                case Effect.Append append:
                    Log.Add(append.Record);
                    break;
                case Effect.SignVote sign:
                    VoteDecision decision = Guard.Authorize(sign.Statement);
                    Assert.True(decision is VoteDecision.Sign or VoteDecision.SignAgain, $"{sign.Statement}: {decision}");
                    Signed.Add(sign.Statement);
                    Log.Add(new WalRecord.Voted(sign.Statement));
                    Run(new Input.VoteReceived(_world.Verified(_world.Vote(_self, sign.Statement))));
                    break;
                case Effect.Finalized finalized:
                    Guard.ObserveFinalization(finalized.Finalization.View);
                    break;
                default:
                    break;
            }
        }
    }
}
