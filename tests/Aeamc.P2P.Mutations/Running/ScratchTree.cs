namespace Aeamc.P2P.Mutations.Running;

/// <summary>
/// A clone of the repository below <c>artifacts/</c> that mutants are built in, kept for the next run. It holds the tracked files as they
/// are in the user's tree, changes that are not committed included; that tree itself is only read.
/// </summary>
internal sealed class ScratchTree
{
    private ScratchTree(string path) => Path = path;

    internal string Path { get; }

    internal static ScratchTree Prepare(string root)
    {
        string path = System.IO.Path.Combine(root, "artifacts", "mutations");
        if (!Directory.Exists(System.IO.Path.Combine(path, ".git")))
        {
            string common = Command.Demand(root, "git", "rev-parse", "--path-format=absolute", "--git-common-dir");
            Command.Demand(root, "git", "clone", "--quiet", "--shared", "--no-checkout", common, path);
        }

        // Git touches only what differs, so that what is built already need not be built again.
        string changed = Command.Demand(root, "git", "stash", "create");
        string commit = changed.Length > 0 ? changed : Command.Demand(root, "git", "rev-parse", "HEAD");
        Command.Demand(path, "git", "checkout", "--quiet", "--force", "--detach", commit);
        return new ScratchTree(path);
    }

    internal void Apply(Mutation mutation)
    {
        foreach (Edit edit in mutation.Edits)
        {
            string file = System.IO.Path.Combine(Path, edit.File);
            File.WriteAllText(file, File.ReadAllText(file).Replace(edit.Find, edit.Put, StringComparison.Ordinal));
        }
    }

    internal void Restore(Mutation mutation) =>
        Command.Demand(Path, "git", ["checkout", "--quiet", "--force", "HEAD", "--", .. mutation.Edits.Select(edit => edit.File).Distinct()]);
}
