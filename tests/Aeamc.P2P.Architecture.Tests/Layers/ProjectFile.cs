using System.Xml.Linq;

namespace Aeamc.P2P.Architecture.Tests.Layers;

/// <summary>What one project names.</summary>
/// <param name="Half">The top-level folder it lies in.</param>
/// <param name="Name">Its name.</param>
/// <param name="References">Names of the projects it references.</param>
/// <param name="Packages">Packages it takes at run time (not those marked as private assets, such as analyzers) and shared frameworks.</param>
internal sealed record ProjectFile(string Half, string Name, IReadOnlyList<string> References, IReadOnlyList<string> Packages)
{
    /// <summary>Every project of a half, with what the half's Directory.Build.props adds.</summary>
    internal static IReadOnlyList<ProjectFile> ReadAll(string half)
    {
        string shared = Path.Combine(Repository.Root, half, "Directory.Build.props");
        IReadOnlyList<string> common = File.Exists(shared) ? RunTimePackages(XDocument.Load(shared)) : [];
        return [.. Repository.Files(half, ".csproj").Select(path => Parse(half, Path.GetFileNameWithoutExtension(path), XDocument.Load(path), common))];
    }

    internal static ProjectFile Parse(string half, string name, XDocument project, IReadOnlyList<string> common) => new(
        half,
        name,
        [.. Includes(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))],
        [.. common, .. RunTimePackages(project)]);

    private static List<string> RunTimePackages(XDocument project) =>
    [
        .. project.Descendants("PackageReference")
            .Where(element => (string?)element.Attribute("PrivateAssets") != "all" && (string?)element.Element("PrivateAssets") != "all")
            .Select(element => (string)element.Attribute("Include")!),
        .. Includes(project, "FrameworkReference"),
    ];

    private static IEnumerable<string> Includes(XDocument project, string element) =>
        project.Descendants(element).Select(found => (string?)found.Attribute("Include")).OfType<string>();
}
