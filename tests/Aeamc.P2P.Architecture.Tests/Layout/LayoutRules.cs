using System.Text.RegularExpressions;
using Aeamc.P2P.Architecture.Tests.Layers;

namespace Aeamc.P2P.Architecture.Tests.Layout;

/// <summary>Where things lie.</summary>
internal static partial class LayoutRules
{
    // What is built or belongs to tools is not the project's.
    private static readonly string[] Tools = ["artifacts", "TestResults", "BenchmarkDotNet.Artifacts"];

    internal static IReadOnlyList<string> StrayFolders(IEnumerable<string> present, IReadOnlyList<string> wanted)
    {
        List<string> own = [.. present.Where(name => !name.StartsWith('.') && !Tools.Contains(name))];
        return
        [
            .. own.Except(wanted).Select(name => $"{name} is not one of the top folders"),
            .. wanted.Except(own).Select(name => $"{name} is missing"),
        ];
    }

    internal static IEnumerable<string> Unmirrored(IReadOnlyList<ProjectFile> projects, IReadOnlyList<ProjectFile> tests) =>
        projects.Where(project => !tests.Any(test => test.Name == project.Name + ".Tests" && test.References.Contains(project.Name)))
            .Select(project => $"{project.Name} has no tests/{project.Name}.Tests that references it");

    internal static IEnumerable<string> NotInSolution(string solution, IEnumerable<string> projects)
    {
        string text = solution.Replace('\\', '/');
        return projects.Where(name => !text.Contains($"/{name}/{name}.csproj", StringComparison.Ordinal)).Select(name => $"{name} is not in the solution");
    }

    internal static IEnumerable<string> RegistryHosts(string text) => Registry().Matches(text).Select(match => match.Value.Trim());

    [GeneratedRegex(@"""resolved""\s*:\s*""[a-z+]+://[^""]*""|registry\s*=\s*\S+://\S+|<add\s+key=[^>]*value=""https?://[^""]*""|<Restore(Additional)?(Project)?Sources>[^<]*://[^<]*<", RegexOptions.IgnoreCase)]
    private static partial Regex Registry();
}
