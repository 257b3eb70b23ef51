using System.Text.Json;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Tests.Support;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Tests.Model;

/// <summary>
/// Runs of <c>consensus/model/simplex.qnt</c> repeated by the real cores of its three honest members: after every step each says exactly what the
/// model says. So the core votes only where the rules of the model allow it, and wherever they oblige it to.
/// </summary>
public sealed class ModelTraceTests
{
    public static TheoryData<string> Traces => [.. Directory.GetFiles(Folder(), "*.json").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Traces))]
    public void The_core_does_what_the_model_does(string trace)
    {
        using JsonDocument read = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder(), trace)));
        var world = new World();
        var blocks = new ModelBlocks(world, read.RootElement.GetProperty("parents"));
        ModelMember[] members = [.. Enumerable.Range(0, 3).Select(member => new ModelMember(world, blocks, Index(world, member)))];
        int number = 0;
        foreach (JsonElement step in read.RootElement.GetProperty("steps").EnumerateArray())
        {
            try
            {
                Do(world, blocks, members, step);
            }
            catch (Exception fault) when (fault is Xunit.Sdk.IAssertionException or InvariantException)
            {
                throw new InvalidOperationException($"step {number}, {step.GetRawText()}: {fault.Message}", fault);
            }

            number++;
        }

        Assert.True(number > 20);
    }

    [Fact]
    public void The_traces_finalize_nullify_and_equivocate()
    {
        string all = string.Concat(Directory.GetFiles(Folder(), "*.json").Select(File.ReadAllText));
        Assert.Matches("\"finalized\":[4-9]", all);
        Assert.Contains("\"input\":\"timeout\"", all, StringComparison.Ordinal);
        Assert.Matches("\"said\":\"notarize 9\"", all);
        Assert.Matches("\"input\":\"certified\"[^}]*\"good\":false", all);
    }

    private static void Do(World world, ModelBlocks blocks, ModelMember[] members, JsonElement step)
    {
        string input = step.GetProperty("input").GetString()!;
        if (input == "start")
        {
            Array.ForEach(members, one => one.Take(new Input.Start()));
            return;
        }

        ModelMember member = members[step.GetProperty("member").GetInt32()];
        Statement said = blocks.Said(step.GetProperty("said").GetString()!);
        bool good = step.GetProperty("good").GetBoolean();
        switch (input)
        {
            case "vote":
                member.Take(new Input.VoteReceived(world.Verified(world.Vote(Index(world, step.GetProperty("by").GetInt32()), said))));
                break;
            case "proposal":
                member.Take(new Input.ProposalReceived(world.Proposal(said.Block)));
                break;
            case "certificate":
                IEnumerable<NodeIndex> signers = step.GetProperty("signers").EnumerateArray().Select(signer => Index(world, signer.GetInt32()));
                member.Take(new Input.CertificateReceived(world.Verified(world.CertificateBy(signers, said))));
                break;
            case "build":
                member.Take(new Input.ProposalBuilt(said.Block, said.Block.Hash.ToArray()));
                break;
            case "verified":
                member.Take(new Input.ProposalVerified(said.View, said.Block.Hash, good));
                break;
            case "certified":
                member.Answer(new Input.CertifyDecided(said.View, said.Block.Hash, good));
                break;
            case "timeout":
                member.Take(new Input.TimerFired(TimerKind.Advance, said.View));
                break;
            default:
                throw new InvalidOperationException($"no input '{input}'");
        }

        member.AssertIs(step.GetProperty("becomes"));
    }

    /// <summary>The model's member m leads view m + 1.</summary>
    private static NodeIndex Index(World world, int member) => world.LeaderOf((ulong)member + 1);

    private static string Folder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string traces = Path.Combine(folder.FullName, "consensus", "model", "traces");
            if (Directory.Exists(traces))
            {
                return traces;
            }
        }

        throw new DirectoryNotFoundException($"no consensus/model/traces above {AppContext.BaseDirectory}");
    }
}
