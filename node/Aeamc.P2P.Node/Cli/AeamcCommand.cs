using System.CommandLine;
using Aeamc.P2P.Simulator.Cli;

namespace Aeamc.P2P.Node.Cli;

/// <summary>The command tree of `aeamc`.</summary>
public static class AeamcCommand
{
    /// <summary>The root with all its commands.</summary>
    public static RootCommand Build()
    {
        var root = new RootCommand("A node of the AEAMC network: no coordinator, any operator runs one.\n\nStart here:\n  aeamc init --dir my-node      keys and configuration\n  aeamc run --config my-node/node.toml\n  aeamc status --config my-node/node.toml\n\nExit codes: 0 done, 1 the thing looked at is not right, 2 mend something and try again, 70 a bug of ours.")
        {
            InitCommand.Build(),
            RunCommand.Build(),
            StatusCommand.Build(),
            ExplainCommand.Build(),
            VerifyCommand.Build(),
            FollowCommand.Build(),
            TestnetCommand.Build(),
            DeviceCommand.Build(),
            SimulateCommand.Build(Console.Out, Console.Error),
            WalCommand.Build(),
            DbCommand.Build(),
        };
        return root;
    }
}
