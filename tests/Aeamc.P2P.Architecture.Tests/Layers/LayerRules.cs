namespace Aeamc.P2P.Architecture.Tests.Layers;

/// <summary>
/// The arrows of ARCHITECTURE.md: a project references only projects of lower layers. <c>consensus/</c> lies below all of <c>node/</c>, so it
/// can name nothing there; and it takes no package at run time. The simulator knows nothing of <c>node/</c>, which offers it as a command.
/// </summary>
internal static class LayerRules
{
    private static readonly SortedDictionary<string, int> Layer = new(StringComparer.Ordinal)
    {
        ["Aeamc.P2P.Primitives"] = 0,
        ["Aeamc.P2P.Threshold"] = 1,
        ["Aeamc.P2P.Consensus"] = 2,
        ["Aeamc.P2P.Ledger"] = 2,
        ["Aeamc.P2P.Blocks"] = 3,
        ["Aeamc.P2P.Simulator"] = 4,
        ["Aeamc.P2P.Native"] = 3,
        ["Aeamc.P2P.Cryptography"] = 4,
        ["Aeamc.P2P.Libp2p"] = 5,
        ["Aeamc.P2P.Storage"] = 5,
        ["Aeamc.P2P.Anchoring"] = 5,
        ["Aeamc.P2P.DeviceApi"] = 5,
        ["Aeamc.P2P.DeviceClient"] = 5,
        ["Aeamc.P2P.Dashboard"] = 5,
        ["Aeamc.P2P.Node"] = 6,
        ["Aeamc.P2P.Testnet"] = 7,
    };

    internal static IReadOnlyList<string> Violations(IEnumerable<ProjectFile> projects)
    {
        List<string> violations = [];
        foreach (ProjectFile project in projects)
        {
            if (!Layer.TryGetValue(project.Name, out int layer))
            {
                violations.Add($"{project.Half}/{project.Name} has no layer: give it one in {nameof(LayerRules)} and in ARCHITECTURE.md");
                continue;
            }

            foreach (string reference in project.References)
            {
                if (!Layer.TryGetValue(reference, out int referenced) || referenced >= layer)
                {
                    violations.Add($"{project.Name} references {reference}, which is not below it");
                }
            }

            if (project.Half == "consensus")
            {
                violations.AddRange(project.Packages.Select(package => $"{project.Name} takes the package {package}"));
            }
        }

        return violations;
    }
}
