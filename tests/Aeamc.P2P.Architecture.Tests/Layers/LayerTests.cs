using System.Xml.Linq;

namespace Aeamc.P2P.Architecture.Tests.Layers;

public sealed class LayerTests
{
    [Fact]
    public void Arrows_point_one_way()
    {
        List<ProjectFile> projects = [.. ProjectFile.ReadAll("consensus"), .. ProjectFile.ReadAll("node"), .. ProjectFile.ReadAll("testnet")];
        Assert.True(projects.Count >= 13);
        Assert.Contains(projects, project => project.References.Contains("Aeamc.P2P.Native"));
        Assert.Empty(LayerRules.Violations(projects));
    }

    [Theory]
    [InlineData("consensus", "Aeamc.P2P.Ledger", "Aeamc.P2P.Native", "")]
    [InlineData("consensus", "Aeamc.P2P.Consensus", "Aeamc.P2P.Ledger", "")]
    [InlineData("consensus", "Aeamc.P2P.Primitives", "", "Newtonsoft.Json")]
    [InlineData("node", "Aeamc.P2P.Native", "Aeamc.P2P.Cryptography", "")]
    [InlineData("node", "Aeamc.P2P.Storage", "Aeamc.P2P.Libp2p", "")]
    [InlineData("node", "Aeamc.P2P.DeviceApi", "Aeamc.P2P.Node", "")]
    [InlineData("node", "Aeamc.P2P.Node", "Aeamc.P2P.Testnet", "")]
    [InlineData("node", "Aeamc.P2P.Surprise", "", "")]
    public void An_arrow_that_runs_back_is_found(string half, string name, string reference, string package)
    {
        ProjectFile project = new(half, name, reference.Length == 0 ? [] : [reference], package.Length == 0 ? [] : [package]);
        Assert.Single(LayerRules.Violations([project]));
    }

    [Fact]
    public void A_project_file_is_read_as_it_is_written()
    {
        XDocument document = XDocument.Parse(
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup>
                <ProjectReference Include="..\..\node\Aeamc.P2P.Native\Aeamc.P2P.Native.csproj" />
                <PackageReference Include="Some.Analyzers" PrivateAssets="all" />
                <PackageReference Include="Some.Package" />
                <FrameworkReference Include="Microsoft.AspNetCore.App" />
              </ItemGroup>
            </Project>
            """);
        var project = ProjectFile.Parse("consensus", "Aeamc.P2P.Ledger", document, ["Common.Package"]);
        Assert.Equal(["Aeamc.P2P.Native"], project.References);
        Assert.Equal(["Common.Package", "Some.Package", "Microsoft.AspNetCore.App"], project.Packages);
        Assert.Equal(4, LayerRules.Violations([project]).Count);
    }
}
