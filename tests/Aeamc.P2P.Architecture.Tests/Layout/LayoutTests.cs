using Aeamc.P2P.Architecture.Tests.Layers;

namespace Aeamc.P2P.Architecture.Tests.Layout;

public sealed class LayoutTests
{
    private static readonly string[] TopFolders = ["consensus", "node", "testnet", "tests"];

    [Fact]
    public void The_top_folders_are_these_four() => Assert.Empty(LayoutRules.StrayFolders(
        Directory.GetDirectories(Repository.Root).Select(path => Path.GetFileName(path)!), TopFolders));

    [Fact]
    public void A_stray_or_missing_top_folder_is_found()
    {
        Assert.Equal(["src is not one of the top folders"], LayoutRules.StrayFolders([.. TopFolders, "src", ".git", "artifacts"], TopFolders));
        Assert.Equal(["testnet is missing"], LayoutRules.StrayFolders(["consensus", "node", "tests"], TopFolders));
    }

    [Fact]
    public void Every_project_is_mirrored_by_a_test_project() => Assert.Empty(LayoutRules.Unmirrored(
        [.. TopFolders.Except(["tests"]).SelectMany(ProjectFile.ReadAll)], ProjectFile.ReadAll("tests")));

    [Fact]
    public void A_project_without_tests_of_its_own_is_found()
    {
        ProjectFile project = new("node", "Aeamc.P2P.Some", [], []);
        Assert.Single(LayoutRules.Unmirrored([project], []));
        Assert.Single(LayoutRules.Unmirrored([project], [new("tests", "Aeamc.P2P.Some.Tests", [], [])]));
        Assert.Empty(LayoutRules.Unmirrored([project], [new("tests", "Aeamc.P2P.Some.Tests", ["Aeamc.P2P.Some"], [])]));
    }

    [Fact]
    public void Every_project_is_in_the_solution() => Assert.Empty(LayoutRules.NotInSolution(
        File.ReadAllText(Path.Combine(Repository.Root, "Aeamc.P2P.sln")), TopFolders.SelectMany(ProjectFile.ReadAll).Select(project => project.Name)));

    [Fact]
    public void A_project_outside_the_solution_is_found() =>
        Assert.Single(LayoutRules.NotInSolution("\"Aeamc.P2P.Some\", \"node/Aeamc.P2P.Some/Aeamc.P2P.Some.csproj\"", ["Aeamc.P2P.Some", "Aeamc.P2P.Other"]));

    [Fact]
    public void Lock_files_and_settings_name_no_registry()
    {
        string[] endings = ["packages.lock.json", "package-lock.json", ".npmrc", "package.json", "nuget.config", "NuGet.Config", "NuGet.config", ".props", ".csproj", "global.json"];
        List<string> files = [.. TopFolders.SelectMany(folder => endings.SelectMany(ending => Repository.Files(folder, ending)))];
        files.AddRange(Directory.GetFiles(Repository.Root).Where(path => endings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal))));
        Assert.Contains(files, path => path.EndsWith("packages.lock.json", StringComparison.Ordinal));
        Assert.Empty(files.SelectMany(path => LayoutRules.RegistryHosts(File.ReadAllText(path)).Select(host => $"{Repository.Relative(path)}: {host}")));
    }

    [Theory]
    [InlineData("""  "resolved": "https://registry.npm""" + """js.org/a/-/a-1.0.0.tgz",  """)]
    [InlineData("registry=http://10.0.0.1:4873/")]
    [InlineData("""<add key="feed" value="https://api.nu""" + """get.org/v3/index.json" />""")]
    [InlineData("""<RestoreSources>https://example.org/feed</RestoreSources>""")]
    public void A_registry_is_found(string text) => Assert.Single(LayoutRules.RegistryHosts(text));

    [Theory]
    [InlineData("""  "url": "https://github.com/sponsors/someone"  """)]
    [InlineData("""  "resolved": "13.0.3",  """)]
    public void An_address_that_nothing_is_fetched_from_is_none(string text) => Assert.Empty(LayoutRules.RegistryHosts(text));
}
