using System.Globalization;
using System.Text.Json;
using Aeamc.P2P.Consensus.Tests.Support;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Tests.Model;

/// <summary>The model's numbered blocks (2v and 2v + 1 in view v, 0 the genesis) and its statements, as the core knows them.</summary>
internal sealed class ModelBlocks
{
    /// <summary>The last view that the model looks at.</summary>
    public const ulong LastView = 4;

    private readonly SortedDictionary<int, BlockRef> _blocks = [];
    private readonly Dictionary<Statement, string> _texts = [];
    private readonly SortedDictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    public ModelBlocks(World world, JsonElement parents)
    {
        _blocks.Add(0, world.Genesis);
        foreach ((int block, int parent) in parents.EnumerateObject().Select(pair => (int.Parse(pair.Name, CultureInfo.InvariantCulture), pair.Value.GetInt32())).Order())
        {
            BlockRef made = World.Block(_blocks[parent], (ulong)block / 2, block % 2 == 0 ? "block" : "other");
            _blocks.Add(block, made);
            Add($"notarize {block}", Statement.Notarize(world.Epoch, made));
            Add($"finalize {block}", Statement.Finalize(world.Epoch, made));
        }

        for (ulong view = 1; view <= LastView; view++)
        {
            Add($"nullify {view}", Statement.Nullify(world.Epoch, new View(view)));
        }
    }

    public IEnumerable<Statement> Statements => _statements.Values;

    public BlockRef this[int block] => _blocks[block];

    public Statement Said(string text) => _statements[text];

    public string Text(Statement statement) => _texts[statement];

    private void Add(string text, Statement statement)
    {
        _texts.Add(statement, text);
        _statements.Add(text, statement);
    }
}
