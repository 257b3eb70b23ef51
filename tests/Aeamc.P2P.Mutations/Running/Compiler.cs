using System.Text.Json;

namespace Aeamc.P2P.Mutations.Running;

/// <summary>
/// Compiles one project as MSBuild would and nothing else: a mutant changes no signature, so what depends on it need not be built again. MSBuild is
/// asked for the compiler's arguments once, which cleans the project's output: build it afterwards.
/// </summary>
internal sealed class Compiler
{
    private readonly string _folder;
    private readonly string _compiler;
    private readonly string _arguments;

    internal Compiler(ScratchTree tree, string folder)
    {
        _folder = Path.Combine(tree.Path, folder);
        Name = Path.GetFileName(folder);
        string answer = Path.Combine(tree.Path, "artifacts", Name + ".csc.json");
        File.Delete(answer);

        // It ends badly because nothing was compiled, after it has answered.
        Command.Run(
            _folder, TimeSpan.FromMinutes(5), "dotnet", "msbuild", Name + ".csproj", "-t:Rebuild", "-p:Configuration=Release", "-p:BuildProjectReferences=false", "-p:ProvideCommandLineArgs=true",
            "-p:SkipCompilerExecution=true", "-getItem:CscCommandLineArgs", "-getProperty:RoslynTargetsPath", "-getResultOutputFile:" + answer);
        using JsonDocument read = JsonDocument.Parse(File.ReadAllBytes(answer));
        string[] arguments = [.. read.RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!)];
        _compiler = Path.Combine(read.RootElement.GetProperty("Properties").GetProperty("RoslynTargetsPath").GetString()!, "bincore", "csc.dll");
        Output = arguments.Single(argument => argument.StartsWith("/out:", StringComparison.Ordinal))["/out:".Length..];
        _arguments = Path.Combine(tree.Path, "artifacts", Name + ".rsp");

        // Style is not judged: a mutant need not be pretty. /noconfig may not stand in a response file.
        File.WriteAllLines(_arguments, [.. arguments.Where(argument => argument != "/noconfig").Select(Quoted), "/warnaserror-", "/warn:0", "/skipanalyzers+"]);
    }

    internal string Name { get; }

    /// <summary>The assembly that <see cref="Compile"/> writes.</summary>
    internal string Output { get; }

    /// <summary>Null when it compiled; otherwise the first errors.</summary>
    internal string? Compile()
    {
        (int? code, string output) = Command.Run(_folder, TimeSpan.FromMinutes(5), "dotnet", "exec", _compiler, "/noconfig", "/shared", "/keepalive:60", "@" + _arguments);
        return code == 0 ? null : string.Join('\n', output.Split('\n').Where(line => line.Contains("error", StringComparison.Ordinal)).Take(3)).Trim();
    }

    private static string Quoted(string argument) =>
        argument.Contains(' ', StringComparison.Ordinal) && !argument.Contains('"', StringComparison.Ordinal) ? $"\"{argument}\"" : argument;
}
