namespace Aeamc.P2P.Mutations;

/// <summary>One text in one source file and what takes its place.</summary>
/// <param name="File">Path from the root of the repository, with slashes.</param>
/// <param name="Find">Stands in the file exactly once.</param>
/// <param name="Put">What stands there in the mutant.</param>
internal sealed record Edit(string File, string Find, string Put);

/// <summary>
/// One guard taken away. Where a second line of defence stands behind the first (an invariant of the same method), both are taken away together:
/// alone, neither could be missed by any test.
/// </summary>
/// <param name="Id">Short and stable: what <c>--only</c> takes.</param>
/// <param name="Rule">Where the guard is written down: a number of RULES.md, or the name of a section or document.</param>
/// <param name="Removed">What the mutant does wrong, in a few words.</param>
/// <param name="Tests">The test project that must notice.</param>
/// <param name="Classes">Test classes to run, by the end of their names; all when empty.</param>
/// <param name="Edits">The change; all of it is applied.</param>
internal sealed record Mutation(string Id, string Rule, string Removed, string Tests, IReadOnlyList<string> Classes, IReadOnlyList<Edit> Edits)
{
    /// <summary>Folder of the one project that it changes.</summary>
    internal string Project => Edits.Select(edit => string.Join('/', edit.File.Split('/')[..2])).Distinct().Single();
}
