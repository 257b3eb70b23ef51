using System.CommandLine;
using Aeamc.P2P.Fuzz.Parsers;
using Aeamc.P2P.Fuzz.Siege;

var root = new RootCommand("Hostile input: seeded fuzzing of every parser that a stranger can reach, and attacks on a live node over TCP.")
{
    ParsersCommand.Build(),
    SiegeCommand.Build(),
    AttackerCommand.BuildAttacker(),
    AttackerCommand.BuildBurner(),
};
return await root.Parse(args).InvokeAsync();
