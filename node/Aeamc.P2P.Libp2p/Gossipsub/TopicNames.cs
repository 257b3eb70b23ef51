using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// Topic names by their UTF-8 bytes: those we joined are found without an allocation. It holds only what this node
/// subscribed to itself, so no stranger makes it grow. Safe for concurrent use.
/// </summary>
public sealed class TopicNames
{
    /// <summary>The longest name in bytes that is accepted from a peer or joined.</summary>
    public const int MaxBytes = 256;

    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    public TopicNames() => _bySpan = _known.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Remembers a name.</summary>
    public void Add(string name) => _known.TryAdd(name, name);

    /// <summary>Forgets a name.</summary>
    public void Remove(string name) => _known.TryRemove(name, out _);

    /// <summary>The name these bytes spell; false when they are empty, too long or not UTF-8.</summary>
    public bool TryGet(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out string? name)
    {
        name = null;
        if (utf8.Length is 0 or > MaxBytes)
        {
            return false;
        }

        Span<char> chars = stackalloc char[MaxBytes];
        if (Utf8.ToUtf16(utf8, chars, out _, out int written, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            return false;
        }

        ReadOnlySpan<char> text = chars[..written];
        if (!_bySpan.TryGetValue(text, out name))
        {
            name = new string(text);
        }

        return true;
    }
}
