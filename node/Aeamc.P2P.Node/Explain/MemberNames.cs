using System.Globalization;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Explain;

/// <summary>Members as people call them.</summary>
public sealed class MemberNames(ChainContext context)
{
    /// <summary>The label of the genesis file, or the beginning of the key.</summary>
    public string Of(NodeIndex member) =>
        context.Genesis.Committee[member.Value].Label is { Length: > 0 } label ? label : context.Committee[member].ToShortString();

    /// <summary>The whole node id.</summary>
    public string Id(NodeIndex member) => context.Committee[member].ToString();

    /// <summary>The name of a node id, which is the id itself when it is no member's.</summary>
    public string Of(string nodeId) => TryFind(nodeId, out NodeIndex member) ? Of(member) : nodeId;

    /// <summary>Several names, joined as in a sentence; "nobody" for none.</summary>
    public string List(IReadOnlyList<NodeIndex> members) => members.Count switch
    {
        0 => "nobody",
        1 => Of(members[0]),
        _ => $"{string.Join(", ", members.SkipLast(1).Select(Of))} and {Of(members[^1])}",
    };

    /// <summary>A member by its place in the committee, its label or its node id.</summary>
    public bool TryFind(string text, out NodeIndex member)
    {
        int place = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < context.Committee.Count
            ? number
            : Enumerable.Range(0, context.Committee.Count)
                .Where(index => context.Genesis.Committee[index].Label == text || Id(new NodeIndex((ushort)index)) == text)
                .DefaultIfEmpty(-1).First();
        member = place < 0 ? default : new NodeIndex((ushort)place);
        return place >= 0 && text.Length > 0;
    }
}
