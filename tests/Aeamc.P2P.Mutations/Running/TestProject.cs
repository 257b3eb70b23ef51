using System.Xml.Linq;

namespace Aeamc.P2P.Mutations.Running;

/// <summary>One test project in the scratch tree.</summary>
internal sealed class TestProject(ScratchTree tree, string name, TimeSpan limit)
{
    private readonly SortedDictionary<string, Compiler> _compilers = new(StringComparer.Ordinal);

    /// <summary>Builds the tests and all that they need, and makes ready to compile the projects that are to be changed. Null, or the first errors.</summary>
    internal string? Build(IEnumerable<Mutation> mutations)
    {
        string project = $"tests/{name}/{name}.csproj";
        Command.Demand(tree.Path, "dotnet", "restore", project, "--locked-mode", "-v", "q");
        foreach (string folder in mutations.Select(mutation => mutation.Project).Distinct())
        {
            _compilers.Add(folder, new Compiler(tree, folder));
        }

        (int? code, string output) = Command.Run(
            tree.Path, TimeSpan.FromMinutes(10), "dotnet", "build", project, "-c", "Release", "--no-restore", "--nologo", "-v", "q", "-p:RunAnalyzers=false", "-p:EnforceCodeStyleInBuild=false");
        return code == 0 ? null : output;
    }

    /// <summary>Compiles the project that a mutation changes and puts it beside the tests. Null, or the first errors.</summary>
    /// <exception cref="InvalidOperationException">The tests load no such assembly.</exception>
    internal string? Rebuild(Mutation mutation)
    {
        Compiler compiler = _compilers[mutation.Project];
        if (compiler.Compile() is { } errors)
        {
            return errors;
        }

        // The assembly need not be named after its project; a name that the tests do not load would leave the guard in place and every mutant alive.
        string loaded = Assembly(Path.GetFileNameWithoutExtension(compiler.Output));
        if (!File.Exists(loaded))
        {
            throw new InvalidOperationException($"{name} does not load {Path.GetFileName(loaded)}, which {mutation.Id} changes");
        }

        File.Copy(compiler.Output, loaded, overwrite: true);
        return null;
    }

    /// <summary>The failed tests, sorted; null when the time ran out.</summary>
    /// <exception cref="InvalidOperationException">No report: the tests could not be run at all.</exception>
    internal IReadOnlyList<string>? Failures(IReadOnlyList<string> classes)
    {
        string results = Path.Combine(tree.Path, "artifacts", "test-results");
        string report = Path.Combine(results, name + ".trx");
        Directory.CreateDirectory(results);
        File.Delete(report);
        (int? code, string output) = Command.Run(
            tree.Path,
            limit,
            "dotnet",
            ["exec", Assembly(name), "--results-directory", results, "--report-xunit-trx", "--report-xunit-trx-filename", name + ".trx", .. classes.SelectMany(one => (string[])["--filter-class", "*." + one])]);
        if (code is null)
        {
            return null;
        }

        if (!File.Exists(report))
        {
            throw new InvalidOperationException($"{name} ended without a report (exit code {code}): {output.Trim()}");
        }

        List<XElement> all = [.. XDocument.Load(report).Descendants().Where(element => element.Name.LocalName == "UnitTestResult")];
        if (all.Count == 0)
        {
            throw new InvalidOperationException($"{name} ran no test of {string.Join(", ", classes)}");
        }

        // A process that ends badly though each test passed has failed too.
        List<string> failed = [.. all.Where(test => (string?)test.Attribute("outcome") == "Failed").Select(test => Short((string)test.Attribute("testName")!))];
        return failed.Count == 0 && code != 0 ? [$"{name} (exit code {code})"] : [.. failed.Order(StringComparer.Ordinal)];
    }

    /// <summary>Class and method, without namespace and arguments.</summary>
    private static string Short(string test)
    {
        int arguments = test.IndexOf('(', StringComparison.Ordinal);
        string[] parts = (arguments < 0 ? test : test[..arguments]).Split('.');
        return string.Join('.', parts.TakeLast(2));
    }

    private string Assembly(string assembly) => Path.Combine(tree.Path, "artifacts", "bin", name, "release", assembly + ".dll");
}
