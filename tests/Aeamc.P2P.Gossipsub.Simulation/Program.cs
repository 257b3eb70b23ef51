using System.Globalization;
using Aeamc.P2P.Gossipsub.Simulation;
using Aeamc.P2P.Gossipsub.Simulation.Attacks;

const string Usage = """
    Gossipsub under virtual time: 100 routers, the attacks of the v1.1 evaluation report, duplicates, allocation.

      attacks [none|sybil|cold|eclipse|flash|censor] [--seed N] [--honest N] [--attackers N]
      duplicates      copies received per delivery in fully connected networks
      allocations     bytes allocated per delivery in the router
      all             everything
    """;

AttackOptions options = new();
string command = args.FirstOrDefault() ?? "";
string? attack = args.Skip(1).FirstOrDefault(static argument => !argument.StartsWith('-') && !char.IsDigit(argument[0]));
for (int i = 1; i + 1 < args.Length; i++)
{
    options = args[i] switch
    {
        "--seed" => options with { Seed = int.Parse(args[i + 1], CultureInfo.InvariantCulture) },
        "--honest" => options with { Honest = int.Parse(args[i + 1], CultureInfo.InvariantCulture) },
        "--attackers" => options with { Attackers = int.Parse(args[i + 1], CultureInfo.InvariantCulture) },
        _ => options,
    };
}

switch (command)
{
    case "attacks":
        Tables.Attacks(options, Kinds(attack));
        return 0;
    case "duplicates":
        Tables.Duplicates();
        return 0;
    case "allocations":
        Tables.Allocations();
        return 0;
    case "all":
        Tables.Attacks(options, Kinds(null));
        Tables.Duplicates();
        Tables.Allocations();
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}

static AttackKind[] Kinds(string? name) => name switch
{
    null => Enum.GetValues<AttackKind>(),
    "none" => [AttackKind.None],
    "sybil" => [AttackKind.SybilTakeover],
    "cold" => [AttackKind.ColdBoot],
    "eclipse" => [AttackKind.Eclipse],
    "flash" => [AttackKind.CovertFlash],
    "censor" => [AttackKind.Censorship],
    _ => throw new ArgumentException($"no attack is called {name}"),
};
