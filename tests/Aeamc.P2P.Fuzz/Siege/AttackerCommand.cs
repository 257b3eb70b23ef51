using System.CommandLine;
using System.Text.Json;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Fuzz.Siege;

/// <summary>
/// <c>attacker</c>: one attack in a process of its own until its standard input ends, so that what it takes is not taken from the honest peer beside it.
/// <c>burner</c>: takes as much processor time and attacks nobody, for comparison. Both print an <see cref="AttackerReport"/>.
/// </summary>
internal static class AttackerCommand
{
    public const string AttackerName = "attacker";
    public const string BurnerName = "burner";

    public static Command BuildAttacker()
    {
        var attack = new Argument<string>("attack");
        var target = new Argument<string>("target");
        var topics = new Argument<string>("topics") { Description = "Separated by commas." };
        var addresses = new Argument<int>("addresses");
        var command = new Command(AttackerName, "One attack, until standard input ends.") { attack, target, topics, addresses };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            Attack item = AllAttacks.List.Single(item => item.Name == parsed.GetValue(attack));
            var context = new AttackContext(Multiaddress.Parse(parsed.GetValue(target)!), parsed.GetValue(topics)!.Split(','), parsed.GetValue(addresses));
            await UntilInputEndsAsync(ending => item.RunAsync(context, ending), () => new AttackerReport(context.Sent, context.Disconnects, Used), cancellationToken);
            return 0;
        });
        return command;
    }

    public static Command BuildBurner()
    {
        var share = new Argument<double>("share") { Description = "Processor seconds per second." };
        var command = new Command(BurnerName, "Takes processor time until standard input ends.") { share };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await UntilInputEndsAsync(ending => Task.Run(() => Burner.Burn(parsed.GetValue(share), ending), CancellationToken.None), () => new AttackerReport(0, 0, Used), cancellationToken);
            return 0;
        });
        return command;
    }

    private static double Used => Environment.CpuUsage.TotalTime.TotalSeconds;

    private static async Task UntilInputEndsAsync(Func<CancellationToken, Task> work, Func<AttackerReport> report, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task working = work(ending.Token);
        await Console.In.ReadToEndAsync(cancellationToken);
        await ending.CancelAsync();
        await working;
        Console.WriteLine(JsonSerializer.Serialize(report()));
    }
}

/// <summary>What an attacker did.</summary>
/// <param name="Sent">Units of the attack.</param>
/// <param name="Disconnects">Connections that the node ended.</param>
/// <param name="ProcessorSeconds">What it took of the machine.</param>
internal sealed record AttackerReport(long Sent, long Disconnects, double ProcessorSeconds);
