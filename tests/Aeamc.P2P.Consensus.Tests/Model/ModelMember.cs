using System.Text.Json;
using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Tests.Support;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Tests.Model;

/// <summary>One honest member of a model's run: the real core and guard, with what the host was asked and what was signed.</summary>
internal sealed class ModelMember
{
    private readonly World _world;
    private readonly ModelBlocks _blocks;
    private readonly NodeIndex _self;
    private readonly SimplexCore _core;
    private readonly VoteGuard _guard;
    private readonly HashSet<Statement> _signed = [];
    private readonly HashSet<ulong> _asked = [];
    private readonly SortedDictionary<ulong, BlockRef> _buildOn = [];
    private readonly HashSet<ulong> _certifying = [];

    public ModelMember(World world, ModelBlocks blocks, NodeIndex self)
    {
        (_world, _blocks, _self) = (world, blocks, self);
        RecoveredState fresh = RecoveredState.Fresh(world.Epoch, world.Genesis);
        _core = new SimplexCore(new SimplexOptions(), world.Committee, world.Leaders, self, fresh);
        _guard = new VoteGuard(fresh);
    }

    /// <summary>One input, then the own votes that follow from it, in the order signed.</summary>
    public void Take(Input input)
    {
        var inputs = new Queue<Input>([input]);
        while (inputs.TryDequeue(out Input? next))
        {
            foreach (Effect effect in _core.Step(next))
            {
                if (effect is Effect.SignVote sign)
                {
                    Assert.Equal(VoteDecision.Sign, _guard.Authorize(sign.Statement));
                    Assert.True(_signed.Add(sign.Statement), $"{sign.Statement} twice");
                    inputs.Enqueue(new Input.VoteReceived(_world.Verified(_world.Vote(_self, sign.Statement))));
                }

                Note(effect);
            }
        }
    }

    public void Answer(Input.CertifyDecided decided)
    {
        Assert.True(_certifying.Remove(decided.View.Value), $"the core did not ask for the certification of view {decided.View}");
        Take(decided);
    }

    /// <summary>Everything that the model says of this member after a step, against what the core says.</summary>
    public void AssertIs(JsonElement model)
    {
        Assert.Equal(model.GetProperty("view").GetUInt64(), _core.CurrentView.Value);
        Assert.Equal(_blocks[model.GetProperty("finalized").GetInt32()], _core.LastFinalized);
        Assert.Equal(model.GetProperty("halted").GetBoolean(), _core.IsHalted);
        Assert.Equal(Sorted(Texts(model, "signed")), Sorted(_signed.Select(_blocks.Text)));
        HashSet<string> certificates = [.. Texts(model, "certificates")];
        foreach (Statement statement in _blocks.Statements)
        {
            Assert.True(certificates.Contains(_blocks.Text(statement)) == _core.Knows(statement), $"certificate {_blocks.Text(statement)}");
        }

        Assert.Equal(Sorted(Numbers(model, "verifying")), Sorted(_asked));
        Assert.Equal(Sorted(Numbers(model, "pending")), Sorted(_certifying));
        Assert.Equal(
            Sorted(model.GetProperty("buildOn").EnumerateArray().Select(pair => $"{pair[0].GetInt32()} on {_blocks[pair[1].GetInt32()].Hash}")),
            Sorted(_buildOn.Where(asked => asked.Key <= ModelBlocks.LastView).Select(asked => $"{asked.Key} on {asked.Value.Hash}")));
    }

    private void Note(Effect effect)
    {
        switch (effect)
        {
            case Effect.VerifyProposal verify:
                Assert.True(_asked.Add(verify.Proposal.View.Value));
                break;
            case Effect.BuildProposal build:
                Assert.True(_buildOn.TryAdd(build.View.Value, build.Parent));
                break;
            case Effect.Certify certify:
                Assert.True(_certifying.Add(certify.Notarization.View.Value));
                break;
            case Effect.AbandonCertify abandon:
                _certifying.RemoveWhere(view => view <= abandon.Through.Value);
                break;
            case Effect.Finalized finalized:
                _guard.ObserveFinalization(finalized.Finalization.View);
                break;
            default:
                break;
        }
    }

    private static IEnumerable<string> Texts(JsonElement model, string name) => model.GetProperty(name).EnumerateArray().Select(text => text.GetString()!);

    private static IEnumerable<ulong> Numbers(JsonElement model, string name) => model.GetProperty(name).EnumerateArray().Select(number => number.GetUInt64());

    private static string Sorted<T>(IEnumerable<T> items) => string.Join(", ", items.Order());
}
